package sample

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
)

var today = calendar.NewDate(2026, time.November, 2)

// read gives the rows of a file of the folder as it was on a day of the story.
func read(t *testing.T, c Constituency, day int, name string) []map[string]string {
	t.Helper()
	files := c.On(c.Today.AddDays(day))
	if name == "members" {
		last := ""
		for path := range files {
			if strings.HasPrefix(path, "data/members-") && path > last {
				last = path
			}
		}
		name = strings.TrimSuffix(strings.TrimPrefix(last, "data/"), ".csv")
	}
	b, ok := files["data/"+name+".csv"]
	if !ok {
		t.Fatalf("day %d has no %s", day, name)
	}
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(b, []byte(bom)))).ReadAll()
	if err != nil {
		t.Fatalf("%s of day %d: %v", name, day, err)
	}
	var out []map[string]string
	for _, row := range rows[1:] {
		m := map[string]string{}
		for i, cell := range row {
			m[rows[0][i]] = cell
		}
		out = append(out, m)
	}
	return out
}

// by finds a row by its first column.
func by(rows []map[string]string, column, key string) map[string]string {
	for _, r := range rows {
		if r[column] == key {
			return r
		}
	}
	return nil
}

func TestSameSeedSameBytes(t *testing.T) {
	a, b := Make(7, today), Make(7, today)
	if len(a.Exports) != len(b.Exports) {
		t.Fatal("the number of exports differs")
	}
	for i := range a.Exports {
		if len(a.Exports[i].Files) != len(b.Exports[i].Files) {
			t.Errorf("export %d: the number of files differs", i)
		}
		for path, want := range a.Exports[i].Files {
			if !bytes.Equal(b.Exports[i].Files[path], want) {
				t.Errorf("export %d: %s differs from one making to the next", i, path)
			}
		}
	}
	other := Make(8, today)
	path := "data/members-" + today.AddDays(-28).String() + ".csv"
	if bytes.Equal(other.Exports[0].Files[path], a.Exports[0].Files[path]) {
		t.Error("another seed drew the same crowd")
	}
}

// TestNobodyIsReal looks at every address, number and postcode of every file:
// each has to be one that cannot lead to a person.
func TestNobodyIsReal(t *testing.T) {
	address := regexp.MustCompile(`[^\s",<>]+@[^\s",<>]+`)
	host := regexp.MustCompile(`(?i)@example(\.(org|com|net))?$`) // without an ending where a comma slipped in
	number := regexp.MustCompile(`\b0\d{4} ?\d{6}\b`)
	for seed := range uint64(5) {
		for path, b := range Make(seed, today).On(today.AddDays(30)) {
			for _, a := range address.FindAllString(string(b), -1) {
				if !host.MatchString(a) {
					t.Errorf("%s: %s could be somebody's", path, a)
				}
			}
			for _, n := range number.FindAllString(string(b), -1) {
				if !strings.HasPrefix(n, "07700 900") && !strings.HasPrefix(n, "01632 960") {
					t.Errorf("%s: %s is not a number for stories", path, n)
				}
			}
		}
	}
}

func TestTheCrowd(t *testing.T) {
	for seed := range uint64(5) {
		rows := read(t, Make(seed, today), -28, "members")
		if n := len(rows); n < 585 || n > 615 {
			t.Errorf("seed %d: %d members", seed, n)
		}
		keys, branch, status, emails := map[string]bool{}, map[string]int{}, map[string]int{}, map[string]int{}
		for _, r := range rows {
			if keys[r["Membership Number"]] {
				t.Errorf("seed %d: two members have number %s", seed, r["Membership Number"])
			}
			keys[r["Membership Number"]] = true
			branch[r["Branch"]]++
			status[r["Status"]]++
			emails[r["Email"]]++
		}
		for _, b := range branches {
			if branch[b] < 30 {
				t.Errorf("seed %d: only %d members in %s", seed, branch[b], b)
			}
		}
		if n := emails[""] * 100 / len(rows); n < 8 || n > 17 {
			t.Errorf("seed %d: %d %% have no email", seed, n)
		}
		if n := status["Arrears"]; n < 10 || n > 45 {
			t.Errorf("seed %d: %d in arrears", seed, n)
		}
		shared := 0
		for a, n := range emails {
			if a != "" && n > 1 {
				shared++
			}
		}
		if shared < 10 {
			t.Errorf("seed %d: only %d addresses are shared", seed, shared)
		}
		if branch[""] == 0 {
			t.Errorf("seed %d: nobody's branch is blank", seed)
		}
	}
}

// TestTheCast follows those whom the package comment names.
func TestTheCast(t *testing.T) {
	c := Make(1, today)
	type fact struct {
		day               int
		key, column, want string
	}
	for _, f := range []fact{
		{-28, "A150001", "Status", "Active"},
		{0, "A150001", "Status", "Arrears"},
		{0, "A150001", "Arrears Since", "27/10/2026"},
		{0, "A150002", "Email", "rahman.family@example.com"},
		{0, "A150003", "Email", "rahman.family@example.com"},
		{0, "A150004", "Last Contacted", "29/10/2026"},
		{-14, "A150004", "Last Contacted", ""},
		{0, "A150005", "Arrears Since", ""},
		{0, "A150006", "Status", "Arrears"},
		{7, "A150006", "Status", "Active"},
		{1, "A150007", "Status", "Active"},
		{7, "A150007", "Arrears Since", "05/11/2026"},
		{0, "A150008", "Status", "Lapsed"},
		{7, "A150008", "Date Joined", "06/11/2026"},
		{7, "A150009", "Status", "Deceased"},
		{0, "A200004", "Email", ""},
		{0, "A200005", "Branch", ""},
		{0, "A200006", "Status", "Active"},
		{7, "A200006", "Status", "Resigned"},
		{0, "A200008", "Date Joined", "12/11/2026"},
		{0, "A200009", "Date Joined", "31/02/2026"},
		{0, "A200010", "Branch", "Saltmarsh"},
	} {
		row := by(read(t, c, f.day, "members"), "Membership Number", f.key)
		if row == nil {
			t.Errorf("day %d has no %s", f.day, f.key)
		} else if row[f.column] != f.want {
			t.Errorf("day %d, %s, %s: %q, want %q", f.day, f.key, f.column, row[f.column], f.want)
		}
	}
	for key, day := range map[string]int{"A200001": 0, "A200011": 1, "A200012": 7, "A200014": 14, "A200015": 30} {
		if by(read(t, c, day, "members"), "Membership Number", key) == nil {
			t.Errorf("%s is not there on day %d", key, day)
		}
		if by(read(t, c, day-1, "members"), "Membership Number", key) != nil {
			t.Errorf("%s is there before day %d", key, day)
		}
	}
}

func TestTheMoney(t *testing.T) {
	c := Make(1, today)
	for _, f := range []struct {
		day               int
		key, column, want string
	}{
		{0, "R9001", "Amount", "£750.00"},
		{0, "R9001", "Received", "20/10/2026"},
		{14, "R9001", "Checked", ""},
		{30, "R9001", "Checked", "17/11/2026"},
		{0, "R9002", "Amount", "£500.00"},
		{0, "R9003", "Amount", "£500.01"},
		{0, "R9004", "Checked", ""},
		{0, "R9005", "Checked", "17/10/2026"},
		{0, "R9006", "Returned", "04/10/2026"},
		{1, "R9007", "Checked", ""},
		{7, "R9007", "Checked", "07/11/2026"},
		{0, "R9008", "Amount", "see bank"},
		{7, "R9010", "Received", "07/11/2026"},
	} {
		row := by(read(t, c, f.day, "donations"), "Reference", f.key)
		if row == nil {
			t.Errorf("day %d has no %s", f.day, f.key)
		} else if row[f.column] != f.want {
			t.Errorf("day %d, %s, %s: %q, want %q", f.day, f.key, f.column, row[f.column], f.want)
		}
	}
	rows := read(t, c, 0, "donations")
	if len(rows) < 100 {
		t.Errorf("only %d gifts in two years", len(rows))
	}
	large := 0
	for _, r := range rows {
		var whole, pence int
		if !strings.HasPrefix(r["Reference"], "R0") {
			continue
		}
		if _, err := fmt.Sscanf(strings.ReplaceAll(r["Amount"], ",", ""), "£%d.%d", &whole, &pence); err != nil {
			t.Errorf("%s: %v", r["Amount"], err)
		}
		if whole*100+pence > 50000 {
			large++
			if r["Checked"] == "" {
				t.Errorf("%s of %s was never checked", r["Reference"], r["Amount"])
			}
		}
	}
	if large == 0 {
		t.Error("no gift of the past is over £500")
	}
}

func TestTheMeetings(t *testing.T) {
	c := Make(1, today)
	minutes := func(day, meeting int, kind string) string {
		r := by(read(t, c, day, "documents"), "Key", fmt.Sprintf("minutes-%s-%s", kind, today.AddDays(meeting)))
		return r["Status"]
	}
	for _, f := range []struct {
		day, meeting int
		kind, want   string
	}{
		{-14, -20, "ec", "draft"}, {0, -20, "ec", "approved"},
		{1, -6, "gm", ""}, {7, -6, "gm", "draft"}, {14, -6, "gm", "approved"},
		{7, 8, "ec", ""}, {14, 8, "ec", "approved"}, {30, 22, "gm", ""},
	} {
		if got := minutes(f.day, f.meeting, f.kind); got != f.want {
			t.Errorf("day %d: minutes of the %s on day %d are %q, want %q", f.day, f.kind, f.meeting, got, f.want)
		}
	}
	meetings := read(t, c, -28, "meetings")
	for _, day := range []int{-28, 0, 30} {
		files := c.On(today.AddDays(day))
		for _, p := range read(t, c, day, "documents") {
			if files[p["File"]] == nil {
				t.Errorf("day %d: %s is listed and not there", day, p["File"])
			}
			if p["Meeting"] != "" && by(meetings, "Key", p["Meeting"]) == nil {
				t.Errorf("day %d: %s belongs to no meeting", day, p["Key"])
			}
		}
	}
}

// TestPDF reads the table at the end of a file and finds each object where it
// says, and the contents as long as they say.
func TestPDF(t *testing.T) {
	b := pdf([]string{"Balance £2,413.08 (noted)", "naïve \\ 東京"})
	var start int
	tail := b[bytes.LastIndex(b, []byte("startxref")):]
	if _, err := fmt.Sscanf(string(tail), "startxref\n%d", &start); err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(b[start:], []byte("xref\n0 6\n")) {
		t.Fatalf("no table at %d", start)
	}
	lines := strings.Split(string(b[start:]), "\n")
	for i := 1; i <= 5; i++ {
		line := lines[2+i]
		if len(line) != 19 {
			t.Errorf("entry %d is %d bytes long with its end, want 20", i, len(line)+1)
		}
		var at int
		fmt.Sscanf(line, "%d", &at)
		if want := fmt.Sprintf("%d 0 obj\n", i); !bytes.HasPrefix(b[at:], []byte(want)) {
			t.Errorf("object %d is not at %d", i, at)
		}
	}
	var length int
	fmt.Sscanf(string(b[bytes.Index(b, []byte("/Length")):]), "/Length %d", &length)
	from := bytes.Index(b, []byte("stream\n")) + len("stream\n")
	if !bytes.HasPrefix(b[from+length:], []byte("\nendstream")) {
		t.Errorf("the contents are not %d bytes long", length)
	}
	if !bytes.Contains(b, []byte(`(Balance \2432,413.08 \(noted\)) Tj`)) || !bytes.Contains(b, []byte(`(na\357ve \\ ??) Tj`)) {
		t.Error("text is not written as it should be")
	}
}
