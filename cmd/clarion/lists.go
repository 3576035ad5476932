package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/plan"
)

type listsCmd struct {
	All     listsAllCmd     `cmd:"" default:"withargs" help:"List the sheets of which something is left to do (what clarion lists does by itself)."`
	Show    listsShowCmd    `cmd:"" help:"Show one sheet: whom to ring or to write to, and about what."`
	Print   listsPrintCmd   `cmd:"" help:"Write call sheets, letters for the post and labels into files, for printing (.html) or for a spreadsheet (.csv)."`
	Done    listsDoneCmd    `cmd:"" help:"Note that the people on a sheet were rung or written to."`
	Approve listsApproveCmd `cmd:"" help:"Say yes to letters for the post that wait for one."`
	Strike  listsStrikeCmd  `cmd:"" help:"Strike people off a sheet, for a reason."`
}

type listsAllCmd struct {
	Every bool `help:"Those that are done as well."`
}

func (*listsAllCmd) Help() string {
	return examples(`clarion lists`, `clarion lists show 17 --as membership_officer`,
		`clarion lists print 17 --post letters.html --labels labels.html --as membership_officer`,
		`clarion lists done 17 --except 3,5 --how post --as membership_officer`)
}

func (c *listsAllCmd) Run(s *session) error {
	o, err := s.open(false)
	if err != nil {
		return err
	}
	defer o.Close()
	sheets, private, err := o.Sheets(s.ctx, s.As)
	if err != nil {
		return err
	}
	if !c.Every {
		sheets = slices.DeleteFunc(sheets, func(x plan.Sheet) bool { return x.Open() == 0 })
	}
	if s.JSON {
		return s.out.json(object{"private": private, "sheets": each(sheets, func(x plan.Sheet) object { return sheetOf(o, x) })})
	}
	if len(sheets) == 0 {
		s.out.say("Nobody is to be rung or written to in place of a letter by mail.")
	} else {
		s.out.say("To ring or to write to, because no letter could go by mail:")
		rows := [][]string{}
		for _, x := range sheets {
			rows = append(rows, []string{x.Name(), x.Playbook + ", " + readable(x.Step), ownerOf(o, x), o.Clock().Day(x.Given).Words(),
				fmt.Sprintf("%d of %d open", x.Open(), len(x.Lines))})
		}
		s.out.table("  ", 44, rows)
		s.out.say("\nRead one: %s lists show NUMBER --as ROLE. Print: %s lists print NUMBER --as ROLE", s.me, s.me)
	}
	s.private(private)
	return nil
}

// ownerOf is whose a sheet is, in words.
func ownerOf(o *office, x plan.Sheet) string {
	t := o.Set().RoleTitle(x.Role)
	if x.Branch != "" {
		t += ", " + dataset.Plain(x.Branch)
	}
	return t
}

type listsShowCmd struct {
	Sheet string `arg:"" help:"The sheet's number, as clarion lists gives it."`
	Row   int    `help:"Show the letter to the person in this row." placeholder:"ROW"`
}

func (*listsShowCmd) Help() string {
	return examples(`clarion lists show 17 --as membership_officer`)
}

func (c *listsShowCmd) Run(s *session) error {
	o, err := s.open(false)
	if err != nil {
		return err
	}
	defer o.Close()
	sheets, err := s.readableSheets(o, []string{c.Sheet})
	if err != nil {
		return err
	}
	if s.JSON {
		return s.out.json(sheetOf(o, sheets[0]))
	}
	x := sheets[0]
	if c.Row != 0 {
		return s.showLine(x, c.Row)
	}
	s.out.say("Sheet %s: %s", x.Name(), x.Title)
	s.out.say("%s, given on %s, %d of %d open", ownerOf(o, x), o.Clock().Day(x.Given).Words(), x.Open(), len(x.Lines))
	var rows [][]string
	for _, l := range x.Lines {
		state := l.Over
		if state == "" {
			state = "open: " + l.Why
			if l.Asks {
				state += "; needs a yes"
			} else if l.Held != "" {
				state += "; not to be posted now: " + l.Held
			}
		}
		rows = append(rows, []string{strconv.Itoa(l.Row), l.Name, dialled(l), strings.Join(l.Address, ", "), state})
	}
	s.out.table("  ", 44, rows)
	if slices.ContainsFunc(x.Lines, func(l plan.SheetLine) bool { return l.Asks }) {
		s.out.say("\nRead a letter: %s lists show %s --row ROW --as %s. Say yes: %s lists approve %s --as %s", s.me, x.Name(), s.As, s.me, x.Name(), s.As)
	}
	return nil
}

// showLine shows the letter of one person on a sheet.
func (s *session) showLine(x plan.Sheet, row int) error {
	i := slices.IndexFunc(x.Lines, func(l plan.SheetLine) bool { return l.Row == row })
	if i < 0 {
		return usage("sheet %s has no row %d", x.Name(), row)
	}
	l := x.Lines[i]
	if l.Over != "" {
		return fmt.Errorf("nothing is to be posted to row %d: %s", row, dataset.Plain(l.Over))
	}
	if l.Letter.Subject == "" {
		return fmt.Errorf("the letter of row %d is held: %s", row, dataset.Plain(l.Held))
	}
	s.out.say("To %s", strings.Join(l.Letter.To, ", "))
	s.out.say("%s\n\n%s\n%s", l.Letter.Subject, strings.TrimRight(l.Letter.Body.Text, "\n"), dataset.Plain(l.Letter.Frame.Wrong))
	return nil
}

// dialled is the number of a person, or why there is none.
func dialled(l plan.SheetLine) string {
	switch {
	case l.NoCalls:
		return "wants no calls"
	case l.Phone == "":
		return "no number"
	}
	return l.Phone
}

// readableSheets finds sheets by their names, all meaning every open one, that
// the role which asks may read.
func (s *session) readableSheets(o *office, names []string) ([]plan.Sheet, error) {
	sheets, private, err := o.Sheets(s.ctx, s.As)
	if err != nil {
		return nil, err
	}
	var out []plan.Sheet
	if slices.Contains(names, "all") {
		for _, x := range sheets {
			if x.Mine && x.Open() > 0 {
				out = append(out, x)
			}
		}
		if len(out) == 0 {
			return nil, fmt.Errorf("no open sheet is for the role in which you act; %s lists says whose they are, and --as ROLE who you are", s.me)
		}
		return out, nil
	}
	for _, n := range names {
		x, err := engine.NamedSheet(sheets, n)
		switch {
		case err != nil && private > 0:
			return nil, fmt.Errorf("%w. Some are private: only the role that approves them sees them, with --as ROLE", err)
		case err != nil:
			return nil, err
		case !x.Mine:
			return nil, fmt.Errorf("sheet %s is for the %s, who reads it with --as %s", x.Name(), ownerOf(o, *x), x.Role)
		}
		out = append(out, *x)
	}
	return out, nil
}

type listsDoneCmd struct {
	Sheet  string `arg:"" help:"The sheet's number."`
	Except string `help:"Rows that are still to be done." placeholder:"ROWS" xor:"rows"`
	Rows   string `help:"Only these rows." placeholder:"ROWS" xor:"rows"`
	How    string `help:"How they were reached: phone, post, door ..." default:"phone" placeholder:"WORD"`
}

// openSheet opens a sheet that the role may read, and finds the rows of it that
// some words name. Who asked closes the office, where there is no error.
func (s *session) openSheet(name, rows string) (*office, plan.Sheet, map[int]bool, error) {
	o, err := s.open(false)
	if err != nil {
		return nil, plan.Sheet{}, nil, err
	}
	sheets, err := s.readableSheets(o, []string{name})
	var named map[int]bool
	if err == nil {
		named, err = rowsOf(rows, sheets[0])
	}
	if err != nil {
		o.Close()
		return nil, plan.Sheet{}, nil, err
	}
	return o, sheets[0], named, nil
}

func (*listsDoneCmd) Help() string {
	return examples(`clarion lists done 17 --as membership_officer`, `clarion lists done 17 --except 3,5-7 --how post --as membership_officer`)
}

func (c *listsDoneCmd) Run(s *session) error {
	o, sheet, named, err := s.openSheet(c.Sheet, c.Except+c.Rows)
	if err != nil {
		return err
	}
	defer o.Close()
	noted, err := o.SheetDone(s.ctx, s.As, c.Sheet, c.How, func(row int) bool { return named[row] == (c.Rows == "") })
	if err != nil {
		return err
	}
	left := sheet.Open()
	for _, x := range sheet.Lines {
		if x.Over == "" && slices.ContainsFunc(noted, func(n plan.SheetLine) bool { return n.Person == x.Person }) {
			left--
		}
	}
	if s.JSON {
		return s.out.json(object{"sheet": sheet.Name(), "noted": len(noted), "open": left})
	}
	s.out.say("Noted for %s (%s); %d left open on sheet %s.", plural(len(noted), "person", "people"), dataset.Plain(c.How), left, sheet.Name())
	return nil
}

// rowsOf reads 3,5-7.
func rowsOf(text string, sheet plan.Sheet) (map[int]bool, error) {
	rows := map[int]bool{}
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' }) {
		from, to, many := strings.Cut(part, "-")
		if !many {
			to = from
		}
		a, errA := strconv.Atoi(from)
		b, errB := strconv.Atoi(to)
		if errA != nil || errB != nil || a < 1 || b < a {
			return nil, usage("%s is no row: write rows as 3,5-7", dataset.Plain(part))
		}
		last := sheet.Lines[len(sheet.Lines)-1].Row
		for n := a; n <= b; n++ { // the first that is not there ends it
			if !slices.ContainsFunc(sheet.Lines, func(l plan.SheetLine) bool { return l.Row == n }) {
				return nil, usage("sheet %s has no row %d; its rows are %d to %d", sheet.Name(), n, sheet.Lines[0].Row, last)
			}
			rows[n] = true
		}
	}
	return rows, nil
}

// sheetOf is a sheet for programs. Of one that is not for who asks, only how
// many lines it has.
func sheetOf(o *office, x plan.Sheet) object {
	v := object{"sheet": x.Name(), "playbook": x.Playbook, "step": x.Step, "role": x.Role, "lines": len(x.Lines), "open": x.Open()}.
		text("branch", x.Branch).at("given", x.Given, o.Clock().Zone)
	if x.Mine {
		v["people"] = each(x.Lines, func(l plan.SheetLine) object {
			p := object{"row": l.Row, "key": l.Key, "name": l.Name, "open": l.Over == "", "no_calls": l.NoCalls, "asks": l.Asks, "address": some(l.Address)}
			return p.text("over", l.Over).text("phone", l.Phone).text("why", l.Why).text("about", l.About).text("held", l.Held).
				text("subject", l.Letter.Subject).text("letter", l.Letter.Body.Text)
		})
	}
	return v
}
