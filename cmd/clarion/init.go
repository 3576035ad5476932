package main

import (
	"bufio"
	"errors"
	"fmt"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/playbooks"
)

type initCmd struct {
	Dir     string   `arg:"" optional:"" help:"The folder to make." default:"." type:"path"`
	Name    string   `help:"The constituency party's name."`
	Zone    string   `help:"Its time zone." default:"Europe/London"`
	Nation  string   `help:"Whose bank holidays count." enum:"england_and_wales,scotland,northern_ireland" default:"england_and_wales"`
	From    string   `help:"The mail address that letters come from." placeholder:"ADDRESS"`
	Imprint string   `help:"Who promotes the letters, and on whose behalf, with addresses." placeholder:"TEXT"`
	Server  string   `help:"The mail server; without one, letters go into a folder." placeholder:"HOST"`
	User    string   `help:"The user name at the mail server; by default the address."`
	Trust   []string `help:"Playbooks that may ask for each of their letters from the start, or do more: NAME or NAME=LEVEL. The others only observe." placeholder:"NAME"`
	Begin   bool     `help:"Make nothing, and begin with an empty database: for a folder that has a constituency.yaml and is new to this computer."`
	Yes     bool     `help:"Ask nothing; take the defaults for what was not said." short:"y"`
}

func (*initCmd) Help() string {
	return examples(`clarion init ~/party`, `clarion init ~/party --name "Anytown CLP" --from secretary@example.org --yes`,
		`clarion init ~/party --name "Anytown CLP" --trust new-member-welcome,arrears-chase --yes`)
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
	folder, err := filepath.Abs(c.Dir)
	if err != nil {
		return fmt.Errorf("finding the folder: %w", err)
	}
	if _, err := os.Stat(filepath.Join(c.Dir, "constituency.yaml")); c.Begin && err == nil {
		return s.begin(folder)
	} else if c.Begin {
		return fmt.Errorf("%s has no constituency.yaml to begin with. Make one: clarion init %s", dataset.Plain(c.Dir), shell(rel(c.Dir)))
	} else if err == nil {
		return fmt.Errorf("%s has a constituency.yaml already; it is left as it is. Edit it with any text editor", c.Dir)
	}
	library, err := playbook.Load(playbooks.Library, nil)
	if err != nil {
		return err
	}
	if !c.Yes {
		if err := c.ask(s, library); err != nil {
			return err
		}
	}
	trusted, wrong := levels(library, c.Trust)
	if wrong != "" {
		return usage("--trust %s: %s", strings.Join(c.Trust, ","), wrong)
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
	if err := writeFiles(c.Dir, c.files(trusted)); err != nil {
		return err
	}
	for _, d := range []string{"data", "papers", "inbox"} {
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
	if id, _ := idOf(folder); s.Database == "" {
		if err := note(filepath.Join(dataDir(), id), folder); err != nil {
			return err
		}
	}
	if err := c.entrust(s, set, trusted); err != nil {
		return err
	}
	if s.JSON {
		return s.out.json(object{"folder": c.Dir, "name": c.Name, "trust": trusted})
	}
	s.out.say("Made %s. What next?\n", rel(c.Dir))
	var hints [][]string
	if c.Server != "" {
		hints = append(hints, []string{"smtp.password", "put the password of the mail account into this file, readable by you alone"})
	}
	s.out.hints(append(hints, [][]string{
		{"officers.csv", "write in who holds which role, with their addresses"},
		{"data/", "save your exports here, as CSV or .xlsx: members, donations, meetings, with the day in the name"},
		{"inbox/", "or put here whatever people send you: it is looked at, and what is recognised is taken"},
		{s.me + inFolder(c.Dir) + " import --look", "see what it makes of them"},
		{s.me + inFolder(c.Dir) + " import", "take them"},
		{s.me + inFolder(c.Dir) + " plan", "see what is due, to whom and why; nothing is sent"},
		{s.me + inFolder(c.Dir) + " run", "begin: who joins after this first run is new"},
		{s.me + inFolder(c.Dir) + " trust", "say which playbooks may ask for their letters; until then they only observe"},
	}...))
	return nil
}

// levels reads which playbooks are trusted from the start, and with what: NAME
// or NAME=LEVEL. Wrong is what cannot be meant.
func levels(library *playbook.Set, said []string) (out map[string]string, wrong string) {
	out = map[string]string{}
	for _, entry := range said {
		name, level, leveled := strings.Cut(strings.TrimSpace(entry), "=")
		if name == "" {
			continue
		}
		if !leveled {
			level = playbook.Each.String()
		}
		pb := library.Playbook(name)
		if pb == nil {
			return nil, "there is no playbook " + dataset.Plain(name) + "; clarion playbooks lists those there are"
		}
		want, ok := playbook.ParseTrust(level)
		switch {
		case !ok:
			return nil, "a level is observe, each, batch or automatic"
		case want > pb.Most:
			return nil, name + " may be trusted with " + pb.Most.String() + " at most"
		}
		out[name] = level
	}
	return out, ""
}

// entrust writes down, as the word of whoever sets up, what playbooks are
// trusted with from the start.
func (c *initCmd) entrust(s *session, set *playbook.Set, trusted map[string]string) error {
	if len(trusted) == 0 {
		return nil
	}
	folder, err := filepath.Abs(c.Dir)
	if err != nil {
		return fmt.Errorf("finding the folder: %w", err)
	}
	now, err := s.clock(folder, set.Constituency.Clock)
	if err != nil {
		return err
	}
	o, err := s.openAt(folder, s.databasePath(folder), configDir(), set, now)
	if err != nil {
		return err
	}
	defer o.Close()
	for _, name := range sortedKeys(trusted) {
		if _, _, err := o.Trust(s.ctx, s.As, name, trusted[name], ""); err != nil {
			return err
		}
	}
	return nil
}

// ask asks for what no flag said, and again where the answer cannot be right.
// At the end of the input the rest takes its defaults.
func (c *initCmd) ask(s *session, library *playbook.Set) error {
	in := bufio.NewReader(s.in)
	trust := strings.Join(c.Trust, ",")
	defer func() { c.Trust = strings.Split(trust, ",") }()
	for _, q := range []question{
		{&c.Name, "What is your constituency party called?", "Anytown CLP", "", needed},
		{&c.From, "From which mail address do letters come?", "secretary@example.org", "secretary@example.org", address},
		{&c.Server, "Which mail server sends them? Leave it empty for now: letters then go into a folder.", "smtp.example.org", "", nil},
		{&c.Imprint, "The imprint under every letter: who promotes it, for whom, with addresses?", "Promoted by A. Agent on behalf of Anytown CLP, both at 1 High Street, Anytown", "", nil},
		{&trust, "Which playbooks may ask for your yes to their letters from the start? Leave it empty: then all only observe, and show what they would do.", "new-member-welcome, arrears-chase", "",
			func(answer string) string {
				_, wrong := levels(library, strings.Split(answer, ","))
				return upper(wrong)
			}},
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
func (c *initCmd) files(trusted map[string]string) map[string][]byte {
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
	imprint := "# Who promotes what we send, as the law wants it said; what promotes something waits for it.\n# imprint: Promoted by NAME on behalf of PARTY, both at ADDRESS\n"
	if c.Imprint != "" {
		imprint = "imprint: " + quote(c.Imprint) + "\n"
	}
	return map[string][]byte{
		"constituency.yaml": []byte("# What Clarion must know of the constituency party. What each key means: clarion schema constituency\n" +
			"name: " + quote(c.Name) + "\n# By its id the database is known: leave it as it is, and the folder may be moved.\nid: " + newID(c.Name) + "\ntime_zone: " + c.Zone + "\nnation: " + c.Nation + "\nhour: \"09:00\"\n" + imprint +
			`quiet: [sunday, bank holidays]
budget: {letters_a_week: 2, marketing_a_month: 3, days_between: 2}
brakes: {most_at_once: 50, share: 20 percent, times_usual: 3, floor: 5}

` + mail + `
branches: {file: branches.csv}
officers: {file: officers.csv, dates: day-first}
audiences:
  # who is in arrears is a member until the membership lapses, and must get every notice
  members: member in members when member.status in ["active", "provisional", "arrears"]
  executive: [chair, secretary, treasurer, membership_officer]
data:
  # the newest file whose name begins so, CSV or .xlsx
  members: {from: "data/members*", dates: day-first, stale_after: 35 days, full: yes}
  donations: {from: "data/donations*", dates: day-first}
  # a calendar is named whole: meetings: {from: data/meetings.ics}
  meetings: {from: "data/meetings*", dates: day-first}
  documents: {folder: papers}
`),
		"playbooks.yaml": []byte(`# What this constituency makes of the library, and the most that each playbook
# may do: observe, each, batch or automatic. It begins by observing, until a
# person lets it act (clarion trust NAME each), and earns more by letters that
# were approved as they stood, up to what is written here.
` + most(trusted)),
		"officers.csv": []byte("role,branch,person,email,from,until,deputy\nsecretary,,,,,,\nchair,,,,,,\ntreasurer,,,,,,\nmembership_officer,,,,,,\n"),
		"branches.csv": []byte("key,name,also\n"),
	}
}

// most is what playbooks.yaml says at first: each playbook of a first year may
// ask for each of its letters, and one that is trusted with more may do that.
func most(trusted map[string]string) string {
	names := []string{"new-member-welcome", "arrears-chase", "donation-permissibility", "minutes-circulate"}
	for _, n := range sortedKeys(trusted) {
		if !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	var b strings.Builder
	for _, n := range names {
		level := playbook.Each
		if t, ok := playbook.ParseTrust(trusted[n]); ok {
			level = max(level, t)
		}
		b.WriteString(n + ":\n  trust: " + level.String() + "\n")
	}
	return b.String()
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
