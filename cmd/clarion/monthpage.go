package main

import (
	"bytes"
	"fmt"
	"html/template"
	"sync"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/document"
	"github.com/clarion-clp/clarion/engine/plan"
)

// calendarPage writes a forecast as a page by month, which needs nothing from
// outside and prints a month to a sheet.
func calendarPage(constituency string, f plan.Forecast) ([]byte, error) {
	var months []template.HTML
	for _, m := range document.Months(f) {
		sheet, err := m.HTML()
		if err != nil {
			return nil, err
		}
		months = append(months, sheet)
	}
	var assumed []string
	for _, a := range f.Assumed {
		assumed = append(assumed, dataset.Plain(a))
	}
	var holds []string
	for _, h := range f.Holds {
		holds = append(holds, dataset.Plain(h.Playbook+": "+h.Why))
	}
	var b bytes.Buffer
	err := monthsPage().Execute(&b, map[string]any{"Name": dataset.Plain(constituency), "From": f.From.Words(), "Until": f.Until.Words(),
		"Assumed": assumed, "Holds": holds, "Months": months, "Doubts": len(f.CannotTell)})
	if err != nil {
		return nil, fmt.Errorf("making the page: %w", err)
	}
	return b.Bytes(), nil
}

var monthsPage = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("months").Parse(`<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="robots" content="noindex">
<title>The days ahead: {{.Name}}</title>
<style>
:root { color-scheme: light; --line: #c9ced6; --ink: #1d2530; --soft: #5b6675; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 78rem; padding: 1.5rem; color: var(--ink); background: #fff; font: 15px/1.45 system-ui, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; }
h1 { margin: 0; font-size: 1.6rem; }
h2 { margin: 2.2rem 0 .6rem; font-size: 1.3rem; }
h3 { margin: 1.1rem 0 .2rem; font-size: 1rem; }
.assumed { margin: 1rem 0; padding: .7rem 1rem; border-left: 4px solid #b58900; background: #fdf6e3; }
.assumed p { margin: 0 0 .3rem; font-weight: 600; }
.assumed ul { margin: 0; padding-left: 1.2rem; }
table.month { width: 100%; border-collapse: collapse; table-layout: fixed; }
.month th { padding: .3rem; border: 1px solid var(--line); background: #eef1f5; font-weight: 600; text-align: left; }
table.month td { height: 5.4rem; padding: .25rem .3rem; border: 1px solid var(--line); vertical-align: top; font-size: .78rem; line-height: 1.3; overflow-wrap: anywhere; }
table.month td.out { background: #f6f7f9; color: #8b94a1; }
.month .number { display: block; font-weight: 700; font-size: .85rem; }
.month p { margin: .15rem 0 0; padding-left: .35rem; border-left: 3px solid var(--mark, #888); display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; overflow: hidden; }
.more { color: var(--soft); font-style: italic; border: 0 !important; }
.letter { --mark: #2563a8; } .task { --mark: #2e7d32; } .due { --mark: #b3261e; } .reminder { --mark: #b26a00; }
.call { --mark: #6a3fa0; } .missed { --mark: #000; } .withheld { --mark: #999; }
.what { font-weight: 600; color: var(--mark, inherit); }
table.list { width: 100%; border-collapse: collapse; font-size: .88rem; }
.list td { padding: .15rem .6rem .15rem 0; border-top: 1px solid #e7eaee; vertical-align: top; overflow-wrap: anywhere; }
.list td:nth-child(1) { width: 7.5rem; } .list td:nth-child(2) { width: 14rem; } .list td:nth-child(4) { width: 17rem; color: var(--soft); }
@media screen and (max-width: 50rem) {
  table.month { display: none; }
  .list tr { display: block; padding: .3rem 0; border-top: 1px solid #e7eaee; }
  .list td, .list td:nth-child(n) { display: block; width: auto; padding: 0; border: 0; }
}
@media print {
  @page { size: A4 landscape; margin: 11mm; }
  body { max-width: none; padding: 0; font-size: 11px; }
  section.sheet { break-before: page; }
  .month tr, .list tr { break-inside: avoid; }
  h3 { break-after: avoid; }
  * { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
}
</style>
</head>
<body>
<h1>The days ahead: {{.Name}}</h1>
<p>From {{.From}} to {{.Until}}, on the lists as they are today.</p>
<div class="assumed"><p>This is a forecast. It assumes:</p>
<ul>{{range .Assumed}}<li>{{.}}</li>{{end}}</ul></div>
{{if or .Holds .Doubts}}<div class="assumed"><p>Not in it:</p>
<ul>{{range .Holds}}<li>{{.}}</li>{{end}}{{if .Doubts}}<li>{{.Doubts}} records that cannot be judged for want of a cell.</li>{{end}}</ul></div>{{end}}
{{range .Months}}{{.}}{{end}}</body>
</html>
`))
})
