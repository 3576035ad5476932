package sheet

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
	"pgregory.net/rapid"
)

func TestClearDates(t *testing.T) {
	day := calendar.NewDate(2026, 2, 1)
	for _, cell := range []string{
		"2026-02-01", "2026/02/01", "2026-2-1", "20260201", "01-Feb-2026", "1 Feb 2026", "1 February 2026", "1st February 2026", "Sunday 1 February 2026", "Sun, 1 Feb 2026",
		"February 1, 2026", "Feb 1 2026", "1-Feb-26", "01 FEB 26", "2026-Feb-01", "2026-02-01T00:00:00Z", "2026-02-01 09:30", "2026-02-01 09:30:15", "1 Feb 2026 7pm",
		"46054", "46054.0", "46054.75", "=\"2026-02-01\"", "1.Feb.2026",
	} {
		if v, why := column1(t, "joined", Spec{}, cell); v[0] != dataset.DateValue(day) {
			t.Errorf("%q is %v (%s), want %v", cell, v[0], why[0], day)
		}
	}
	for cell, want := range map[string]calendar.Date{
		"13/02/2026": calendar.NewDate(2026, 2, 13), "13/2/26": calendar.NewDate(2026, 2, 13), "13.02.2026": calendar.NewDate(2026, 2, 13), "05/05/2026": calendar.NewDate(2026, 5, 5),
		"29/02/2024": calendar.NewDate(2024, 2, 29), "46348": calendar.NewDate(2026, 11, 22), "46402": calendar.NewDate(2027, 1, 15), "14611": calendar.NewDate(1940, 1, 1),
		"25/12/65": calendar.NewDate(1965, 12, 25), "25/12/29": calendar.NewDate(2029, 12, 25), "25/12/42": calendar.NewDate(1942, 12, 25),
		"2026-07-31T23:30:00Z": calendar.NewDate(2026, 8, 1),
	} {
		if v, why := column1(t, "joined", Spec{}, cell); v[0] != dataset.DateValue(want) {
			t.Errorf("%q is %v (%s), want %v", cell, v[0], why[0], want)
		}
	}
}

func TestNoDates(t *testing.T) {
	for cell, want := range map[string]string{
		"31/02/2026": "no such day", "29/02/2026": "no such day", "2026-13-01": "no such month", "32/01/2026": "no such day", "00/01/2026": "no such day", "1900-01-00": "spreadsheet turned",
		"00/01/1900": "spreadsheet turned", "0000-00-00": "spreadsheet turned", "30/12/1899": "spreadsheet turned", "soon": "not a date", "2026": "a number", "46": "a number", "460540": "a number",
		"13/02/2": "not a date", "13/02": "not a date", "13/02/40": "1940 or 2040", "13/Foo/2026": "not a date", "13/02/3026": "year", "13/02/1026": "year", "2026-02-01 25:00": "no time of day",
		"last week": "not a date", "#VALUE!": "error message", "02/13/2026": "no such month", "20261301": "no such month", "1/2/3/4": "not a date",
	} {
		if v, why := column1(t, "joined", Spec{}, cell); !v[0].IsBlank() || !strings.Contains(why[0], want) {
			t.Errorf("%q is %v (%s), want a problem with %q", cell, v[0], why[0], want)
		}
	}
	for _, cell := range []string{"n/a", "-", "None", "NULL"} {
		if v, why := column1(t, "joined", Spec{}, cell); !v[0].IsBlank() || why[0] != "" {
			t.Errorf("%q is %v (%s), want blank", cell, v[0], why[0])
		}
	}
}

func TestTheOrderIsProved(t *testing.T) {
	feb, jan := calendar.NewDate(2026, 2, 1), calendar.NewDate(2026, 1, 2)
	for name, c := range map[string]struct {
		spec  Spec
		cells []string
		want  calendar.Date // of the first cell, 01/02/2026; 0: a problem
		why   string
	}{
		"undecided":                {cells: []string{"01/02/2026", "03/04/2026", "2026-05-17", "46054"}, why: "dates: day-first"},
		"proved below":             {cells: []string{"01/02/2026", "03/04/2026", "13/04/2026"}, want: feb},
		"proved above":             {cells: []string{"01/02/2026", "13/04/2026"}, want: feb},
		"month first":              {cells: []string{"01/02/2026", "02/13/2026", "02/14/2026"}, want: jan},
		"one slip proves nothing":  {cells: []string{"01/02/2026", "02/13/2026"}, why: "nothing in the column decides"},
		"both":                     {cells: []string{"01/02/2026", "02/13/2026", "02/14/2026", "13/02/2026"}, why: "could be either"},
		"one against many":         {cells: append([]string{"01/02/2026", "02/13/2026"}, strings.Split(strings.Repeat("17/04/2026 ", 10)+"17/04/2026", " ")...), want: feb},
		"as the source says":       {spec: Spec{Dates: "day-first"}, cells: []string{"01/02/2026"}, want: feb},
		"as the source says, else": {spec: Spec{Dates: "month-first"}, cells: []string{"01/02/2026"}, want: jan},
	} {
		t.Run(name, func(t *testing.T) {
			v, why := column1(t, "joined", c.spec, c.cells...)
			switch {
			case c.want != 0 && v[0] != dataset.DateValue(c.want):
				t.Errorf("%v (%s), want %v", v[0], why[0], c.want)
			case c.want == 0 && (!v[0].IsBlank() || !strings.Contains(why[0], c.why)):
				t.Errorf("%v (%s), want a problem with %q", v[0], why[0], c.why)
			}
			if len(c.cells) > 1 && c.cells[1] == "02/13/2026" && c.want != jan && why[1] == "" {
				t.Errorf("02/13/2026 is %v in a column that does not write the month first", v[1])
			}
		})
	}
	schema := members()
	r := table(t, schema, Spec{}, "Mem No,Born,Joined,Paid to\nA1,13/01/1980,01/02/2026,2026-01-01\n")
	if v, why := cellOf(t, schema, r, 2, "joined"); v != dataset.DateValue(feb) {
		t.Errorf("proved by another column: %v (%s)", v, why)
	}
	r = table(t, schema, Spec{}, "Mem No,Born,Joined\nA1,01/13/1980,01/02/2026\nA2,01/14/1980,01/02/2026\n")
	if v, why := cellOf(t, schema, r, 2, "joined"); !v.IsBlank() || why == "" {
		t.Errorf("the month first in another column proves too much: %v", v)
	}
	if v, why := cellOf(t, schema, r, 2, "born"); v != dataset.DateValue(calendar.NewDate(1980, 1, 13)) {
		t.Errorf("born %v (%s)", v, why)
	}
	if _, err := ReadBytes("x.csv", []byte("Mem No\nA1\n"), changedOn, Spec{Dates: "american"}, schema, london(t)); err == nil || !strings.Contains(err.Error(), "day-first or month-first") {
		t.Errorf("dates: american: %v", err)
	}
}

// TestDatesComeBack writes days in every form and reads them.
func TestDatesComeBack(t *testing.T) {
	clock := london(t)
	schema := members()
	rapid.Check(t, func(t *rapid.T) {
		day := calendar.Date(rapid.Int32Range(-20000, 40000).Draw(t, "day"))
		y, m, d := day.Civil()
		form := rapid.SampledFrom([]string{
			fmt.Sprintf("%04d-%02d-%02d", y, m, d), fmt.Sprintf("%02d/%02d/%04d", d, m, y), fmt.Sprintf("%d.%d.%d", d, m, y),
			fmt.Sprintf("%d %s %d", d, m, y), fmt.Sprintf("%02d-%s-%d", d, m.String()[:3], y), fmt.Sprintf("%s %d, %d", m, d, y), day.Words(),
		}).Draw(t, "form")
		text := "Mem No,Born,Joined\nA1,13/01/1980," + form + "\n"
		if strings.Contains(form, ",") {
			text = "Mem No,Born,Joined\nA1,13/01/1980,\"" + form + "\"\n"
		}
		r, err := ReadBytes("x.csv", []byte(text), changedOn, Spec{}, schema, clock)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Records[0].Cells[columnOf(schema, "joined")]; got != dataset.DateValue(day) {
			t.Fatalf("%q is %v %v, want %v", form, got, r.Records[0].Problems, day)
		}
	})
}

func TestTimes(t *testing.T) {
	evening := time.Date(2026, 11, 12, 19, 30, 0, 0, time.UTC)
	summer := time.Date(2026, 7, 16, 18, 30, 0, 0, time.UTC)
	for cell, want := range map[string]time.Time{
		"2026-11-12 19:30": evening, "2026-11-12T19:30:00": evening, "12 Nov 2026 7:30 pm": evening, "12 Nov 2026, 7.30pm": evening, "2026-11-12T19:30:00Z": evening,
		"46338.8125": evening, "16/07/2026 19:30": summer, "2026-07-16T19:30:00+01:00": summer, "16 July 2026 19:30:59": summer,
	} {
		if v, why := column1(t, "seen", Spec{}, cell); v[0] != dataset.TimeValue(want) {
			t.Errorf("%q is %v (%s), want %v", cell, v[0], why[0], want)
		}
	}
	for _, cell := range []string{"2026-11-12", "12 Nov 2026 25:00", "12 Nov 2026 13pm", "46338", "soon", "19:30", "01/02/2026 19:30"} {
		if v, why := column1(t, "seen", Spec{}, cell); !v[0].IsBlank() || why[0] == "" {
			t.Errorf("%q is %v, want a problem", cell, v[0])
		}
	}
	schema := &dataset.Schema{Name: "meetings", Key: []string{"uid"}, Columns: []dataset.Column{
		{Name: "uid", Kind: dataset.Text}, {Name: "date", Kind: dataset.Date}, {Name: "start", Kind: dataset.Time}}}
	r := table(t, schema, Spec{}, "uid,date,start\nm1,12 Nov 2026,19:30\nm2,16/07/2026,7.30pm\nm3,,19:30\n")
	for line, want := range map[int]dataset.Value{2: dataset.TimeValue(evening), 3: dataset.TimeValue(summer), 4: {}} {
		if v, why := cellOf(t, schema, r, line, "start"); v != want {
			t.Errorf("row %d: %v (%s), want %v", line, v, why, want)
		}
	}
}

// TestADayOfBirth that cannot be is not read: one that lies ahead, or what a
// spreadsheet makes of a blank cell. Such days may be those of anything else.
func TestADayOfBirth(t *testing.T) {
	schema := members()
	for cell, good := range map[string]bool{"13/02/1985": true, "13/02/1915": true, "01/01/1900": false, "13/02/2062": false, "2025-12-31": true} {
		r := table(t, schema, Spec{}, "Mem No,Joined,DOB\nA1,13/02/2026,"+cell+"\nA2,13/01/1900,\n")
		v, why := cellOf(t, schema, r, 2, "born")
		if good != (why == "") || good == v.IsBlank() {
			t.Errorf("born %s: %v (%s)", cell, v, why)
		}
		if v, why := cellOf(t, schema, r, 3, "joined"); v.IsBlank() || why != "" {
			t.Errorf("joined in 1900: %s", why)
		}
	}
}
