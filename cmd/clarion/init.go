package main

import (
	"bufio"
	"errors"
	"fmt"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/playbooks"
)

type initCmd struct {
	Dir     string `arg:"" optional:"" help:"The folder to make." default:"." type:"path"`
	Name    string `help:"The constituency party's name."`
	Zone    string `help:"Its time zone." default:"Europe/London"`
	Nation  string `help:"Whose bank holidays count." enum:"england_and_wales,scotland,northern_ireland" default:"england_and_wales"`
	From    string `help:"The mail address that letters come from." placeholder:"ADDRESS"`
	Imprint string `help:"Who promotes the letters, and on whose behalf, with addresses." placeholder:"TEXT"`
	Server  string `help:"The mail server; without one, letters go into a folder." placeholder:"HOST"`
	User    string `help:"The user name at the mail server; by default the address."`
	Yes     bool   `help:"Ask nothing; take the defaults for what was not said." short:"y"`
}

func (*initCmd) Help() string {
	return examples(`clarion init ~/party`, `clarion init ~/party --name "Anytown CLP" --from secretary@example.org --yes`)
}

// question is one thing that init asks.
type question struct {
	into  *string
	text  string
	hint  string
	blank string                     // what an empty answer means
	wrong func(answer string) string // what is wrong with it, empty if nothing
}

func (c *initCmd) Run(s *session) error {
	if _, err := os.Stat(filepath.Join(c.Dir, "constituency.yaml")); err == nil {
		return fmt.Errorf("%s has a constituency.yaml already; it is left as it is. Edit it with any text editor", c.Dir)
	}
	if !c.Yes {
		if err := c.ask(s); err != nil {
			return err
		}
	}
	if strings.TrimSpace(c.Name) == "" {
		return usage("a constituency needs a name: --name \"Anytown CLP\"")
	}
	if c.From != "" && address(c.From) != "" {
		return usage("--from %s is not a mail address", c.From)
	}
	if _, err := time.LoadLocation(c.Zone); err != nil {
		return usage("there is no time zone called %s; write it as Europe/London", c.Zone)
	}
	if err := writeFiles(c.Dir, c.files()); err != nil {
		return err
	}
	for _, d := range []string{"data", "papers"} {
		if err := os.MkdirAll(filepath.Join(c.Dir, d), 0o700); err != nil {
			return fmt.Errorf("making the folder: %w", err)
		}
	}
	set, err := playbook.Load(playbooks.Library, os.DirFS(c.Dir))
	if err != nil {
		return err
	}
	if set.Fatal() {
		return fmt.Errorf("what was answered does not make a sound constituency.yaml: %w", set.Faults[0])
	}
	if s.JSON {
		return s.out.json(object{"folder": c.Dir, "name": c.Name})
	}
	s.out.say("Made %s. What next?\n", rel(c.Dir))
	var hints [][]string
	if c.Server != "" {
		hints = append(hints, []string{"smtp.password", "put the password of the mail account into this file, readable by you alone"})
	}
	s.out.hints(append(hints, [][]string{
		{"officers.csv", "write in who holds which role, with their addresses"},
		{"data/", "save your exports here: members.csv, donations.csv, meetings.csv"},
		{s.me + inFolder(c.Dir) + " import --look", "see what it makes of them"},
		{s.me + inFolder(c.Dir) + " import", "take them"},
		{s.me + inFolder(c.Dir) + " plan", "see what is due, to whom and why; nothing is sent"},
		{s.me + inFolder(c.Dir) + " run", "begin: who joins after this first run is new, and each letter waits for your yes"},
	}...))
	return nil
}

// ask asks for what no flag said, and again where the answer cannot be right.
// At the end of the input the rest takes its defaults.
func (c *initCmd) ask(s *session) error {
	in := bufio.NewReader(s.in)
	for _, q := range []question{
		{&c.Name, "What is your constituency party called?", "Anytown CLP", "", needed},
		{&c.From, "From which mail address do letters come?", "secretary@example.org", "secretary@example.org", address},
		{&c.Server, "Which mail server sends them? Leave it empty for now: letters then go into a folder.", "smtp.example.org", "", nil},
		{&c.Imprint, "The imprint under every letter: who promotes it, for whom, with addresses?", "Promoted by A. Agent on behalf of Anytown CLP, both at 1 High Street, Anytown", "", nil},
	} {
		if *q.into != "" {
			continue
		}
		if !q.ask(s, in) {
			break
		}
	}
	if c.Name == "" {
		return errors.New("nothing was made: a constituency needs a name. Run it again, or give --name")
	}
	return nil
}

// ask asks until there is an answer that may be right; false at the end of the
// input.
func (q question) ask(s *session, in *bufio.Reader) bool {
	for {
		s.out.say("%s\n  such as: %s", q.text, q.hint)
		fmt.Fprint(s.out, "> ")
		line, err := in.ReadString('\n')
		if f, ok := s.in.(*os.File); !ok || !terminal(f) {
			s.out.say("%s", strings.TrimSpace(line)) // nobody saw it being typed
		}
		answer := strings.TrimSpace(line)
		if answer == "" && err == nil || answer != "" {
			if answer == "" {
				answer = q.blank
			}
			if q.wrong == nil || q.wrong(answer) == "" {
				*q.into = answer
				return err == nil
			}
			s.out.say("  %s", q.wrong(answer))
		}
		if err != nil {
			return false
		}
	}
}

func needed(answer string) string {
	if answer == "" {
		return "It needs a name."
	}
	return ""
}

func address(answer string) string {
	if a, err := mail.ParseAddress(answer); err != nil || a.Address != answer {
		return "That is not a mail address."
	}
	return ""
}

// files are the constituency's first files.
func (c *initCmd) files() map[string][]byte {
	from := c.From
	if from == "" {
		from = "secretary@example.org"
	}
	mail := "mail:\n  from: " + quote(from) + "\n  # No mail is sent: letters go into this folder, as .eml files.\n  drop: outbox\n"
	if c.Server != "" {
		user := c.User
		if user == "" {
			user = from
		}
		mail = "mail:\n  from: " + quote(from) + "\n  send: {server: " + quote(c.Server) + ", port: 587, user: " + quote(user) + ", password_file: smtp.password, a_day: 500, a_minute: 20}\n"
	}
	imprint := ""
	if c.Imprint != "" {
		imprint = "imprint: " + quote(c.Imprint) + "\n"
	}
	return map[string][]byte{
		"constituency.yaml": []byte("# What Clarion must know of the constituency party. What each key means: clarion schema constituency\n" +
			"name: " + quote(c.Name) + "\ntime_zone: " + c.Zone + "\nnation: " + c.Nation + "\nhour: \"09:00\"\n" + imprint +
			`quiet: [sunday, bank holidays]
budget: {letters_a_week: 2, marketing_a_month: 3, days_between: 2}
brakes: {most_at_once: 50, share: 20 percent, times_usual: 3, floor: 5}

` + mail + `
branches: {file: branches.csv}
officers: {file: officers.csv}
audiences:
  members: member in members when member.status in ["active", "provisional"]
  executive: [chair, secretary, treasurer, membership_officer]
data:
  members: {from: "data/members*.csv", dates: day-first, stale_after: 35 days, full: yes}
  donations: {from: "data/donations*.csv", dates: day-first}
  meetings: {from: "data/meetings*.csv", dates: day-first}
  documents: {folder: papers}
`),
		"playbooks.yaml": []byte(`# What this constituency makes of the library. Every playbook starts by asking:
# each of its letters waits for a yes. When a playbook has earned it, your
# committee may write  trust: automatic  under its name.
new-member-welcome:
  trust: each
arrears-chase:
  trust: each
donation-permissibility:
  trust: each
minutes-circulate:
  trust: each
`),
		"officers.csv": []byte("role,branch,person,email,from,until,deputy\nsecretary,,,,,,\nchair,,,,,,\ntreasurer,,,,,,\nmembership_officer,,,,,,\n"),
		"branches.csv": []byte("key,name\n"),
	}
}

// inFolder is the flag that names a folder, unless we are in it.
func inFolder(folder string) string {
	if r := rel(folder); r != "." {
		return " -C " + shell(r)
	}
	return ""
}

// quote writes a text as a YAML string that means just that text.
func quote(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ':
			b.WriteByte(' ')
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
