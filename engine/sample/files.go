package sample

import (
	"bytes"
	"embed"
	"encoding/csv"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/clarion-clp/clarion/engine/calendar"
)

// folder holds the files that are the same for every seed, but for the days
// that stand in them as @day-28@ and the like.
//
//go:embed all:folder
var folder embed.FS

// settle adds what a constituency's officers write once: settings, playbooks,
// officers, branches and the README.
func (w *world) settle(files map[string][]byte) {
	y, _, _ := w.today.Civil()
	days := strings.NewReplacer(
		"@name@", Name,
		"@today@", w.today.Words(),
		"@started@", w.date(-3650).String(),
		"@year@", fmt.Sprint(y), "@next@", fmt.Sprint(y+1),
	)
	err := fs.WalkDir(folder, "folder", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := folder.ReadFile(path)
		files[strings.TrimPrefix(path, "folder/")] = []byte(days.Replace(string(b)))
		return err
	})
	if err != nil {
		panic("sample: the program was built without its sample files: " + err.Error())
	}
	files["officers.csv"] = w.officersFile()
	files["branches.csv"] = w.branchesFile()
}

// files writes what is exported and kept day by day.
func (w *world) files() map[string][]byte {
	files := map[string][]byte{
		"data/members-" + w.now().String() + ".csv": w.membersFile(),
		"data/donations.csv":                        w.donationsFile(),
		"data/meetings.csv":                         w.meetingsFile(),
		"data/documents.csv":                        w.documentsFile(),
	}
	for _, p := range w.papers {
		if p.from > w.day {
			continue
		}
		files["papers/"+p.file] = p.bytes()
	}
	return files
}

// bytes are the file of a paper.
func (p *paper) bytes() []byte {
	if strings.HasSuffix(p.file, ".pdf") {
		return pdf(p.lines)
	}
	return []byte(strings.Join(p.lines, "\n") + "\n")
}

// bom is the mark with which a spreadsheet begins a file in UTF-8.
const bom = "\xef\xbb\xbf"

// table writes rows as a spreadsheet saves them.
func table(prefix string, rows [][]string) []byte {
	var b bytes.Buffer
	b.WriteString(prefix)
	c := csv.NewWriter(&b)
	c.UseCRLF = true
	if err := c.WriteAll(rows); err != nil {
		panic("sample: writing to memory failed: " + err.Error())
	}
	return b.Bytes()
}

// british writes a day as DD/MM/YYYY, or nothing.
func british(d calendar.Date, there bool) string {
	if !there {
		return ""
	}
	y, m, day := d.Civil()
	return fmt.Sprintf("%02d/%02d/%04d", day, int(m), y)
}

// pounds writes pence as £1,234.50.
func pounds(pence int) string {
	whole := fmt.Sprint(pence / 100)
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	return fmt.Sprintf("£%s.%02d", whole, pence%100)
}

func lower(s string) string { return strings.ToLower(s[:1]) + s[1:] }

func (w *world) membersFile() []byte {
	rows := [][]string{{"Membership Number", "Title", "First Name", "Last Name", "Email", "Phone", "Address", "Postcode",
		"Date Joined", "Status", "Arrears Since", "Months in Arrears", "Branch", "Date of Birth", "Gender", "Marketing Consent", "Last Contacted"}}
	for _, m := range w.members {
		if m.from <= w.day {
			rows = append(rows, m.row(w.now()))
		}
	}
	slices.SortFunc(rows[1:], func(a, b []string) int { return strings.Compare(a[0], b[0]) })
	return table(bom, rows)
}

// row is a member's line as it was typed in, with its dirt.
func (m *member) row(now calendar.Date) []string {
	owed := ""
	if m.hasArrears {
		owed = fmt.Sprint(months(m.arrears, now))
	}
	joined, email, first, branch := british(m.joined, m.hasJoined), m.email, m.first, m.branch
	if m.joinedAs != "" {
		joined = m.joinedAs
	}
	y, month, day := m.joined.Civil()
	switch m.dirt {
	case shouted:
		email = strings.ToUpper(email)
	case spaced:
		email, first = " "+email+" ", first+" "
	case slipped:
		email = strings.Replace(email, "@example.", "@example,", 1)
	case unbranched:
		branch = ""
	case oddBranch:
		branch = strings.ToLower(branch) + " "
	case oldStyle:
		joined = fmt.Sprintf("%02d-%s-%04d", day, month.String()[:3], y)
	case unreadable:
		joined = "n/a"
	case noSurname:
		first = m.first[:1] + "."
	case yearless:
		joined = fmt.Sprintf("%d/%d/%02d", day, int(month), y%100)
	}
	return []string{m.no, m.title, first, m.last, email, m.phone, m.street, m.postcode, joined, m.status,
		british(m.arrears, m.hasArrears), owed, branch, british(m.born, m.hasBorn), m.gender(), m.consent, british(m.contacted, m.hasContacted)}
}

// gender is what a member calls themselves. One list in six does not say.
func (m *member) gender() string {
	if m.no[len(m.no)-1]%6 == 0 {
		return ""
	}
	return map[string]string{"Ms": "Woman", "Mrs": "Woman", "Mr": "Man", "Mx": "Non-binary"}[m.title]
}

func (w *world) donationsFile() []byte {
	rows := [][]string{{"Reference", "Donor", "Donor Type", "Amount", "Received", "Status", "Checked", "Returned"}}
	for _, g := range w.gifts {
		if g.from > w.day {
			continue
		}
		amount, received := pounds(g.pence), british(g.received, true)
		if g.amountAs != "" {
			amount = g.amountAs
		}
		if g.receivedAs != "" {
			received = g.receivedAs
		}
		rows = append(rows, []string{g.key, g.donor, g.kind, amount, received, g.status,
			british(g.checked, g.hasChecked), british(g.returned, g.hasReturned)})
	}
	return table(bom, rows)
}

func (w *world) meetingsFile() []byte {
	rows := [][]string{{"Key", "Type", "Title", "Date", "Start", "End", "Venue", "Branch", "Status", "Minute Taker", "Audience"}}
	for _, m := range w.meetings {
		if m.from > w.day {
			continue
		}
		day := british(m.date, true)
		rows = append(rows, []string{m.key, m.kind, m.title, day, day + " " + m.start, day + " " + m.end, m.venue, m.branch, m.status, m.taker, m.audience})
	}
	return table("", rows)
}

func (w *world) documentsFile() []byte {
	rows := [][]string{{"Key", "Kind", "Meeting", "Title", "Status", "File", "Year"}}
	for _, p := range w.papers {
		if p.from > w.day {
			continue
		}
		year := ""
		if p.year > 0 {
			year = fmt.Sprint(p.year)
		}
		rows = append(rows, []string{p.key, p.kind, p.meeting, p.title, p.status, "papers/" + p.file, year})
	}
	return table("", rows)
}

func (w *world) officersFile() []byte {
	rows := [][]string{{"role", "branch", "person", "email", "from", "until", "deputy"}}
	for _, o := range offices {
		until, deputy := "", ""
		if o.until < 0 {
			until = w.date(o.until).String()
		}
		if o.deputy {
			deputy = "yes"
		}
		rows = append(rows, []string{o.role, o.branch, o.who, o.email, w.date(o.from).String(), until, deputy})
	}
	return table("", rows)
}

func (w *world) branchesFile() []byte {
	rows := [][]string{{"key", "name"}}
	for _, b := range branches {
		rows = append(rows, []string{b, b})
	}
	return table("", rows)
}
