package document

import (
	"strings"
	"testing"
)

// TestPicture: of a letter its words and looks are kept, and nothing that runs,
// fetches, asks or reaches out of its place.
func TestPicture(t *testing.T) {
	for _, x := range [][2]string{
		{`<!DOCTYPE html><html><head><title>T</title><style>p{color:red}</style></head><body style="margin:0"><div role="article" style="max-width:38em"><h1 style="font-size:1.35em">Hello</h1><p>Dear <b>Jo</b>,<br>you &amp; I</p></div></body></html>`,
			`<div style="max-width:38em"><h4 style="font-size:1.35em">Hello</h4><p>Dear <b>Jo</b>,<br>you &amp; I</p></div>`},
		{`<p>a<script>alert(1)</script>b</p><img src=x onerror=alert(1)>c`, `<p>ab</p>c`},
		{`</div></article></main><h2>mine</h2>`, `<h5>mine</h5>`},
		{`<p>never closed <em>at all`, `<p>never closed <em>at all</em></p>`},
		{`<a href="javascript:alert(1)" onclick="x()" id="letter-1">x</a><a href="https://example.org/a?b&c">y</a><a href="#letter-2">z</a>`,
			`<a>x</a><a href="https://example.org/a?b&amp;c">y</a><a>z</a>`},
		{`<p style="background:url(https://example.org/x)">x</p><p style="position:fixed;top:0">y</p><p style="width:\65xpression(1)">z</p>`, `<p>x</p><p>y</p><p>z</p>`},
		{`<form action="/stop" method="post"><button>Stop</button><input value="1"></form>`, `Stop`},
		{`<svg><a href="javascript:1"><text>s</text></a></svg><math><mi>m</mi></math><iframe src="https://example.org">f</iframe><base href="//example.org">`, ``},
		{`<template><p>t</p></template><noscript><p>n</p></noscript><style>*{display:none}</style><link rel="stylesheet" href="x">ok`, `ok`},
		{`<table><tr><td colspan="2" width="9">x</td></tr></table>`, `<table><tbody><tr><td colspan="2">x</td></tr></tbody></table>`},
		{`&lt;script&gt;alert(1)&lt;/script&gt;`, `&lt;script&gt;alert(1)&lt;/script&gt;`},
	} {
		if got := strings.ReplaceAll(string(Picture(x[0])), "\n", ""); got != x[1] {
			t.Errorf("%s\nis  %s\nnot %s", x[0], got, x[1])
		}
	}
}
