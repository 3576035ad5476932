package sheet

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/playbooks"
)

// proposed looks at a file and tells of each heading what it is: name, name? for
// what it could be, - for nothing.
func proposed(t *testing.T, list, text string, columns map[string]string) (Proposal, string) {
	t.Helper()
	set, err := playbook.Load(playbooks.Library, nil)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a list"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := Propose(context.Background(), dir, Spec{From: "a list", Columns: columns}, set.Schemas[list], calendar.Clock{})
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, c := range p.Columns {
		switch {
		case len(c.Names) > 0:
			out = append(out, strings.Join(c.Names, "+"))
		case !c.Sure:
			out = append(out, strings.Join(c.Could, "/")+"?")
		default:
			out = append(out, "-")
		}
		if c.Sure == (len(c.Could) > 0 && len(c.Names) == 0) || c.Why == "" {
			t.Errorf("%s: sure %v, could be %v, because %q", c.Heading, c.Sure, c.Could, c.Why)
		}
	}
	return p, strings.Join(out, " ")
}

func TestPropose(t *testing.T) {
	for _, x := range []struct {
		name, list, text string
		columns          map[string]string
		want             string
		missing, lost    string
	}{
		{"names and synonyms", "members", "Mem No,Surname,e-mail,Shoe size\nA1,Sample,jo@example.org,7\n", nil, "membership_no last_name email -", "", ""},
		{"below a title", "members", "List of members,,\n,,\nMem No;Surname;Joined\n1;2;3\n", nil, "membership_no last_name joined", "", ""},
		{"cells that speak against the heading", "members", "Member No,Email\n2026-02-01,A1\n2026-02-03,A2\n", nil, "membership_no? email?", "membership_no", ""},
		{"two that could be one", "members", "Member No,Mobile,Telephone\nA1,07700 900123,01632 960001\n", nil, "membership_no phone/phone_home? phone/phone_home?", "", ""},
		{"by the look of the cells alone", "members", "Member No,Where to write\nA1,jo@example.org\nA2,lee@example.org\n", nil, "membership_no email?", "", ""},
		{"nearly the words", "members", "Member No,Sirname,Their trade union\nA1,Sample,Unite\n", nil, "membership_no last_name? trade_union?", "", ""},
		{"words of a choice", "members", "Member No,Standing,Colour\nA1,Active,red\nA2,In arrears,blue\n", nil, "membership_no status? -", "", ""},
		{"a column of blanks", "members", "Member No,Surname,Extra\nA1,Sample,\n", nil, "membership_no last_name -", "", ""},
		{"what is written holds", "members", "Member No,Surname,Other\nA1,Sample,Example\n", map[string]string{"last_name": "Other", "first_name": "column B"}, "membership_no first_name last_name", "", ""},
		{"what is written is gone", "members", "Member No,Surname\nA1,Sample\n", map[string]string{"phone": "Tel"}, "membership_no last_name", "", "phone"},
		{"what is written is gone, and found anew", "members", "Member No,Surname,Mobile\nA1,Sample,07700 900123\n", map[string]string{"phone": "Tel", "title": "column K"}, "membership_no last_name phone", "", "phone title"},
		{"one heading twice", "members", "Member No,Email,Email\nA1,jo@example.org,lee@example.org\n", nil, "membership_no email? email?", "", ""},
		{"no key", "donations", "Given by,Amount,Received\nA. Sample,£12.50,2026-02-01\n", nil, "- amount received_on", "donation_id", ""},
		{"a register", "donations", "ECRef,Value,DonorName,ReceivedDate\nC0000001,£600.00,A. Sample,13/02/2026\n", nil, "donation_id amount donor received_on", "", ""},
		{"Action Network", "members", "uuid,first_name,last_name,email,can2_phone,zip_code,can2_user_tags,can2_subscription_status\nu-1,Jo,Sample,jo@example.org,07700 900123,XW1 1AA,\"a, b\",subscribed\n", nil,
			"membership_no? first_name last_name email phone postcode - -", "membership_no", ""},
		{"NationBuilder", "members", "nationbuilder_id,first_name,last_name,email,email_opt_in,mobile_number,do_not_call,primary_zip,federal_donotcall\n17,Jo,Sample,jo@example.org,true,07700 900123,false,XW1 1AA,false\n", nil,
			"membership_no? first_name last_name email consent_marketing phone no_phone postcode -", "membership_no", ""},
		{"CiviCRM: to start is not to join", "members", "email,join_date,start_date,end_date,status,is_override,owner_membership_id\njo@example.org,2019-05-01,2026-05-01,2027-04-30,Current,,\n", nil,
			"email joined - paid_to status - -", "membership_no", ""},
	} {
		t.Run(x.name, func(t *testing.T) {
			p, got := proposed(t, x.list, x.text, x.columns)
			if got != x.want {
				t.Errorf("got  %s\nwant %s", got, x.want)
			}
			if m, l := strings.Join(p.Missing, " "), strings.Join(p.Lost, " "); m != x.missing || l != x.lost {
				t.Errorf("missing %q, lost %q; want %q and %q", m, l, x.missing, x.lost)
			}
		})
	}
}

// What stands in cells is shown as it is, three different ones at most; how a
// column is named in constituency.yaml leads back to it.
func TestProposeShowsCells(t *testing.T) {
	p, _ := proposed(t, "members", "Member No,Mail,mail.,Column C,\nA1,x,,1,\nA1,x,,2,\nA2, y ,,2,z\nA3,z,,3,\nA4,q,,4,\n", nil)
	for i, want := range []string{"Member No: A1 A2 A3", "column B: x y z", "column C: ", "column D: 1 2 3"} {
		if got := p.Columns[i].Mark + ": " + strings.Join(p.Columns[i].Samples, " "); got != want {
			t.Errorf("column %s is shown as %q, not %q", p.Columns[i].Letter, got, want)
		}
	}
}

// The layouts that ship are read, each is recognised by its own headings, and
// each column of theirs is one of the list's.
func TestLayoutsThatShip(t *testing.T) {
	set, err := playbook.Load(playbooks.Library, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range profiles() {
		schema := set.Schemas[l.dataset]
		if schema == nil {
			t.Fatalf("%s is of the list %q, which there is not", l.name, l.dataset)
		}
		p, _ := proposed(t, l.dataset, strings.Join(l.needs, ",")+"\n", nil)
		if p.Layout != l.name {
			t.Errorf("the headings of %s are recognised as those of %q", l.name, p.Layout)
		}
		for _, names := range l.columns {
			found := false
			for _, n := range names {
				_, ok := schema.Column(n)
				found = found || ok
			}
			if !found && !l.register && len(names) > 0 { // a register has more than the list keeps
				t.Errorf("%s: %s has none of the columns %v", l.name, l.dataset, names)
			}
		}
	}
}

// A workbook is proposed as it is read: the sheet that has the list, its days as
// days, its merged title passed over.
func TestProposeOfAWorkbook(t *testing.T) {
	data := book(t, nil, tab{name: "Notes", rows: [][]any{{"Read me"}}},
		tab{name: "2026", rows: [][]any{{"Our members"}, {"Mem No", "Began", "Join date"}, {"A1", "x", numeral(46054, 1)}, {"A2", "y", numeral(46055, 1)}}})
	p, got := proposed(t, "members", string(data), nil)
	if want := "membership_no - joined"; got != want || p.Sheet != "2026" || p.HeaderRow != 2 {
		t.Errorf("got %s in row %d of %s, not %s", got, p.HeaderRow, p.Sheet, want)
	}
	if s := p.Columns[2].Samples; p.Columns[2].Looks != "date" || len(s) != 2 {
		t.Errorf("days look like %s: %q", p.Columns[2].Looks, s)
	}
}

// Whatever stands in a file, each column is either decided or asked about, no
// column of the dataset is given twice, and what is proposed leads back to the
// very columns when the file is read by it.
func FuzzPropose(f *testing.F) {
	for _, s := range []string{
		"Mem No,Surname\nA1,Sample\n", "title\n\nMem No;Mem. No.;Email;Email\nA1;A2;x@example.org;y\n", "column A,column B\n1,2\n", "uuid,email,can2_user_tags,can2_subscription_status\n1,2,3,4\n",
		"Mem No,,\x1b[2J\n1,2,\u202e\n", "\"", "\xff\xfeM\x00e\x00m\x00",
	} {
		f.Add([]byte(s))
	}
	clock, schema := london(f), members()
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := propose(data, 2026, Spec{}, schema, clock)
		if err != nil {
			if s := err.Error(); !utf8.ValidString(s) || strings.ContainsAny(s, "\x00\x1b\u202e\r\n") {
				t.Fatalf("the error is not plain: %q", s)
			}
			return
		}
		mapped := map[string]string{}
		for _, c := range p.Columns {
			if len(c.Samples) > samples || c.Sure && len(c.Could) > 0 && len(c.Names) == 0 || !c.Sure && len(c.Could) == 0 || c.Why == "" {
				t.Fatalf("%+v is neither decided nor asked about", c)
			}
			for _, name := range c.Names {
				if mapped[name] != "" {
					t.Fatalf("%s is given twice", name)
				}
				mapped[name] = c.Mark
			}
		}
		again, err := propose(data, 2026, Spec{Columns: mapped}, schema, clock)
		if err != nil {
			t.Fatalf("mapped, it cannot be read: %v", err)
		}
		for i, c := range p.Columns {
			if len(again.Columns) == len(p.Columns) && !sameNames(again.Columns[i].Names, c.Names) {
				t.Fatalf("column %s was %v, and once it is written it is %v", c.Letter, c.Names, again.Columns[i].Names)
			}
		}
	})
}

func sameNames(a, b []string) bool {
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	return slices.Equal(a, b)
}
