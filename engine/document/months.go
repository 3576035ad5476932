package document

import (
	"bytes"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"sync"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/plan"
)

// A Month of a forecast: its weeks from Monday to Sunday as a table shows them,
// and every day on which something happens, whole.
type Month struct {
	Title string // November 2026
	Weeks [][]Day
	Days  []Day
}

// A Day of a month.
type Day struct {
	Number int    // 0: of another month
	Title  string // Monday 9 November 2026
	Out    bool   // before the forecast or after it
	Items  []Item
	More   int  // items that found no room in the month's table
	Fits   bool // all of them found room there
}

// An Item is one thing that happens, in words that are fit to be shown.
type Item struct {
	Kind, What, To, Text, Playbook string
}

// roomADay is how many lines of one day the month's table holds.
const roomADay = 5

// weekdays are the columns of a month.
var weekdays = []string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}

// Months lays the days of a forecast out by month.
func Months(f plan.Forecast) []Month {
	var months []Month
	for first := FirstOf(f.From); first <= f.Until; first = first.AddMonths(1) {
		months = append(months, MonthOf(first, f))
	}
	return months
}

// FirstOf is the first day of the month of a day.
func FirstOf(d calendar.Date) calendar.Date {
	y, m, _ := d.Civil()
	return calendar.NewDate(y, m, 1)
}

// MonthOf lays one month of a forecast out, which begins on a day.
func MonthOf(first calendar.Date, f plan.Forecast) Month {
	next := first.AddMonths(1)
	on := map[calendar.Date][]plan.Happening{}
	for _, d := range f.Days {
		if d.Date >= first && d.Date < next {
			on[d.Date] = d.Items
		}
	}
	y, m, _ := first.Civil()
	p := Month{Title: fmt.Sprintf("%s %d", m, y)}
	start := first.AddDays(-(int(first.Weekday()) + 6) % 7)
	for day := start; day < next; day = day.AddDays(7) {
		var week []Day
		for i := range 7 {
			d := day.AddDays(i)
			if d < first || d >= next {
				week = append(week, Day{})
				continue
			}
			cell := dayOf(d, on[d])
			cell.Out = d < f.From || d > f.Until
			n := len(cell.Items)
			cell.Fits = n <= roomADay+1
			if n > 0 {
				p.Days = append(p.Days, cell)
			}
			if !cell.Fits {
				cell.Items, cell.More = cell.Items[:roomADay], n-roomADay
			}
			week = append(week, cell)
		}
		p.Weeks = append(p.Weeks, week)
	}
	return p
}

func dayOf(d calendar.Date, items []plan.Happening) Day {
	_, _, n := d.Civil()
	out := Day{Number: n, Title: d.Weekday().String() + " " + d.Words()}
	for _, h := range items {
		out.Items = append(out.Items, Item{Kind: string(h.What), What: Kind(h.What), To: Whose(h), Text: Happens(h), Playbook: dataset.Plain(h.Title)})
	}
	return out
}

// kinds are what people call the things that happen.
var kinds = map[plan.What]string{plan.LetterGoes: "letter", plan.TaskComes: "task", plan.TaskFalls: "due", plan.Reminded: "reminder",
	plan.CallSheet: "ring or write", plan.WasMissed: "missed", plan.WasBarred: "does not go"}

// Kind is what people call a kind of thing that happens.
func Kind(w plan.What) string { return kinds[w] }

// Whose names those to whom something goes.
func Whose(h plan.Happening) string {
	var plain []string
	for _, n := range h.To {
		if n != "" {
			plain = append(plain, dataset.Plain(n))
		}
	}
	switch n := len(plain); {
	case n > 3:
		return fmt.Sprintf("%s and %d others", plain[0], n-1)
	case n > 1:
		return strings.Join(plain[:n-1], ", ") + " and " + plain[n-1]
	}
	return strings.Join(plain, "")
}

// Happens says in one line what happens.
func Happens(h plan.Happening) string {
	text := h.Line
	switch {
	case text == "" || h.What == plan.CallSheet:
		words := slices.DeleteFunc([]string{h.Step + " for " + h.About, h.Why}, func(s string) bool { return s == "" })
		text = strings.Join(words, ": ")
	case h.About != "" && h.What == plan.LetterGoes && len(h.To) > 0 && h.To[0] != h.About && !strings.Contains(text, h.About):
		text += " (" + h.About + ")"
	}
	switch {
	case h.What == plan.TaskFalls:
		text += " (taken as: " + h.Answer + ")"
	case h.Asked:
		text += " (after a yes)"
	}
	return dataset.Plain(text)
}

// HTML is the month as a part of a page: a table for wide screens and paper, and
// beneath it each day whole, which is all that a narrow screen shows.
func (m Month) HTML() (template.HTML, error) {
	var b bytes.Buffer
	err := monthSheet().Execute(&b, map[string]any{"Month": m, "Weekdays": weekdays})
	if err != nil {
		return "", fmt.Errorf("laying out %s: %w", m.Title, err)
	}
	return template.HTML(b.String()), nil
}

var monthSheet = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("month").Parse(`{{with .Month}}<section class="sheet">
<h2>{{.Title}}</h2>
<table class="month">
<thead><tr>{{range $.Weekdays}}<th scope="col">{{.}}</th>{{end}}</tr></thead>
<tbody>
{{range .Weeks}}<tr>{{range .}}<td{{if or .Out (not .Number)}} class="out"{{end}}>{{if .Number}}<span class="number">{{.Number}}</span>{{end}}
{{- range .Items}}<p class="{{.Kind}}"><span class="what">{{.What}}</span> {{.To}}: {{.Text}}</p>{{end}}
{{- if .More}}<p class="more">and {{.More}} more, below</p>{{end}}</td>{{end}}</tr>
{{end}}</tbody>
</table>
{{range .Days}}<div class="day{{if .Fits}} fits{{end}}">
<h3>{{.Title}}</h3>
<table class="list">
{{range .Items}}<tr class="{{.Kind}}"><td class="what">{{.What}}</td><td>{{.To}}</td><td>{{.Text}}</td><td>{{.Playbook}}</td></tr>
{{end}}</table>
</div>
{{end}}</section>
{{end}}`))
})
