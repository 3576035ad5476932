package document

import (
	"html/template"
	"sync"
)

// paperPage is the page of a plan: one file, no script, nothing from elsewhere.
// It prints, it is read on a phone, and it keeps to a reader's dark mode.
var paperPage = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("plan").Parse(`<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<title>Plan of {{.Constituency}}, {{.Now}}</title>
<style>
:root { color-scheme: light dark; --ink: #1c232d; --soft: #566070; --paper: #fff; --line: #c8ced8; --shade: #f2f4f7; --warn: #8a1c12; --warned: #fdecea; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ee; --soft: #aab3c0; --paper: #14181e; --line: #3d4653; --shade: #1e242d; --warn: #ffb4a8; --warned: #3a1512; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 62rem; padding: 1.2rem; color: var(--ink); background: var(--paper); font: 16px/1.5 system-ui, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; overflow-wrap: anywhere; }
h1 { margin: 1rem 0 .3rem; font-size: 1.7rem; line-height: 1.2; }
h2 { margin: 2.2rem 0 .5rem; padding-bottom: .2rem; border-bottom: 2px solid var(--line); font-size: 1.3rem; }
h3 { margin: 1.3rem 0 .3rem; font-size: 1.05rem; }
h3 .soft { font-weight: normal; }
.soft { color: var(--soft); }
.warn { margin: 0; padding: .8rem 1rem; border: 2px solid var(--warn); color: var(--warn); background: var(--warned); font-weight: 600; }
.wide { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: .95rem; }
caption { text-align: left; }
th, td { padding: .3rem .7rem .3rem 0; border-top: 1px solid var(--line); text-align: left; vertical-align: top; overflow-wrap: break-word; }
thead th { border-top: 0; color: var(--soft); font-weight: 600; }
.numbers { width: auto; margin-bottom: 1rem; white-space: nowrap; }
.numbers caption { white-space: normal; }
.lines { table-layout: fixed; }
.lines.six th:nth-child(1) { width: 12%; } .lines.six th:nth-child(2) { width: 19%; } .lines.six th:nth-child(3) { width: 16%; }
.lines.six th:nth-child(4) { width: 13%; } .lines.six th:nth-child(6) { width: 19%; }
.numbers td { text-align: right; font-variant-numeric: tabular-nums; }
a { color: inherit; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem .9rem; margin: .6rem 0; }
dt { color: var(--soft); }
dd { margin: 0; }
article { margin: 1.4rem 0; border: 1px solid var(--line); break-inside: avoid-page; }
article > header { padding: .7rem 1rem; background: var(--shade); border-bottom: 1px solid var(--line); }
article > header h3 { margin: 0; }
.picture { padding: 0 1rem; }
pre { margin: 0; padding: 1rem; white-space: pre-wrap; overflow-wrap: anywhere; font: .9rem/1.5 ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; }
@media (max-width: 40rem) {
  body { padding: .8rem; }
  .lines thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .lines tr { display: block; padding: .4rem 0; border-top: 1px solid var(--line); }
  .lines td, .lines th { display: block; width: auto; padding: 0; border: 0; }
  .lines td:first-child { font-weight: 600; }
  .lines td:empty { display: none; }
  dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: .3rem; }
}
@media print {
  @page { size: A4; margin: 14mm; }
  :root { --ink: #000; --soft: #333; --paper: #fff; --line: #999; --shade: #fff; --warn: #000; --warned: #fff; }
  body { max-width: none; padding: 0; font-size: 11pt; }
  tr, dl { break-inside: avoid; }
  h2, h3, header { break-after: avoid; }
  nav { display: none; }
}
</style>
</head>
<body>
<p class="warn" role="note">{{.First}}</p>
<main>
<h1>Plan of {{.Constituency}}</h1>
<p>{{.Now}}. Nothing is sent by looking at it.</p>
<h2>In numbers</h2>
{{range .Sums}}<p>{{.}}.</p>
{{end}}
{{- range .Tables}}{{if .Rows}}<div class="wide" tabindex="0" role="region" aria-label="{{.Title}}">
<table class="numbers"><caption class="soft">{{.Title}}: the first number is the sum of the others</caption>
<thead><tr><th scope="col">Playbook</th>{{range .Heads}}<th scope="col">{{.}}</th>{{end}}</tr></thead>
<tbody>{{range .Rows}}<tr><th scope="row">{{.Name}}</th>{{range .Numbers}}<td>{{if .}}{{.}}{{else}}–{{end}}</td>{{end}}</tr>
{{end}}</tbody></table></div>
{{end}}{{end}}
{{- if .Private}}<p>{{.Private}} private {{if eq .Private 1}}item is{{else}}items are{{end}} left out: only the role that approves them sees them.</p>
{{end}}
{{- range .Parts}}<section>
<h2>{{.Title}}</h2>
{{range .Playbooks}}<h3>{{.Name}}{{if .Title}} <span class="soft">{{.Title}}</span>{{end}}</h3>
<table class="lines six">
<thead><tr><th scope="col">Step</th><th scope="col">To</th><th scope="col">About</th><th scope="col">Branch</th><th scope="col">Why</th>{{if $.Names}}<th scope="col">Record</th>{{else}}<th scope="col">How many</th>{{end}}</tr></thead>
<tbody>{{range .Lines}}<tr><td>{{if .Letter}}<a href="#{{.Letter}}">{{.Step}}</a>{{else}}{{.Step}}{{end}}</td><td>{{.To}}</td><td>{{.About}}</td><td>{{.Branch}}</td><td>{{.Why}}</td>{{if $.Names}}<td class="soft">{{.Row}}</td>{{else}}<td>{{if gt .Count 1}}{{.Count}}{{end}}</td>{{end}}</tr>
{{end}}</tbody></table>
{{end}}</section>
{{end}}
{{- if .Doubts}}<section>
<h2>Cannot tell ({{len .Doubts}})</h2>
<table class="lines">
<thead><tr><th scope="col">Playbook</th><th scope="col">About</th><th scope="col">What</th></tr></thead>
<tbody>{{range .Doubts}}<tr><td>{{.Playbook}}</td><td>{{.About}}</td><td>{{.Words}}</td></tr>
{{end}}</tbody></table>
</section>
{{end}}
{{- if .Holds}}<section>
<h2>Stands before a batch</h2>
<ul>{{range .Holds}}<li>{{if .Playbook}}{{.Playbook}}: {{end}}{{.Words}}. <span class="soft">{{.Hint}}</span></li>
{{end}}</ul>
</section>
{{end}}
{{- if .Letters}}<section>
<h2>{{if .Names}}Every letter, as it will look ({{len .Letters}}){{else}}One letter of each playbook, with its people masked{{end}}</h2>
{{range .Letters}}<article id="{{.ID}}">
<header>
<h3>{{.Heading}}{{if .Playbook}} <span class="soft">{{.Playbook}}</span>{{end}}</h3>
{{if .Specimen}}<p class="soft">One of {{.Specimen}}.</p>
{{end}}<dl>
<dt>From</dt><dd>{{.From}}</dd>
<dt>To</dt><dd>{{.To}}</dd>
{{if .Reply}}<dt>Answers go to</dt><dd>{{.Reply}}</dd>
{{end}}<dt>Subject</dt><dd>{{.Subject}}</dd>
<dt>Why</dt><dd>{{.Why}}</dd>
<dt>What becomes of it</dt><dd>{{.As}}</dd>
{{if .Row}}<dt>Record</dt><dd>{{.Row}}</dd>
{{end}}{{range .Cells}}<dt>{{.Name}}</dt><dd>{{.Value}}{{if .Where}} <span class="soft">({{.Where}})</span>{{end}}</dd>
{{end}}{{range .Attached}}<dt>Attached</dt><dd>{{.}}</dd>
{{end}}</dl>
</header>
{{if .Picture}}<div class="picture">{{.Picture}}</div>{{else}}<pre>{{.Text}}</pre>{{end}}
</article>
{{end}}</section>
{{end}}
{{- if .Lists}}<section>
<h2>Made from</h2>
<table class="lines">
<thead><tr><th scope="col">List</th><th scope="col">File</th><th scope="col">Taken</th></tr></thead>
<tbody>{{range .Lists}}<tr><td>{{.Name}}</td><td>{{.File}}</td><td>{{.When}}</td></tr>
{{end}}</tbody></table>
</section>
{{end}}
<p class="soft">{{if .Wake}}Nothing changes by itself before {{.Wake}}. {{end}}Digest of the plan: {{.Digest}}</p>
</main>
</body>
</html>
`))
})
