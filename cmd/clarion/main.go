// Command clarion keeps the duties of a local party's volunteer officers.
//
// It is one program of small verbs. Each is a file of this package that reads
// flags, opens the constituency and calls one verb of the engine; nothing is
// decided here.
//
// Exit status: 0 all is well; 1 something failed, and the sentence on standard
// error says what and what to do; 2 the command line was wrong; 3 the command
// did its work, but something waits for a person: check found faults, a list
// was not taken, a letter could not be approved, takeover has not been agreed to.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	_ "time/tzdata" // the zones are in the binary: a small computer may have none

	"github.com/alecthomas/kong"

	"github.com/clarion-clp/clarion/engine"
)

// The exit statuses.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
	exitFaults = 3
)

// errFaults makes the program end with exitFaults; what is wrong has been said.
var errFaults = errors.New("")

// cli is the command line.
type cli struct {
	Folder   string `short:"C" help:"The constituency's folder." placeholder:"FOLDER" env:"CLARION_FOLDER"`
	Database string `help:"Where the database lies; by default in your own data folder." placeholder:"FILE" env:"CLARION_DATABASE"`
	On       string `help:"Look as if it were this day (2026-11-30, 2026-11-30T09:00, +7). What sends refuses it, unless letters go into a folder." placeholder:"DATE"`
	As       string `help:"The role in which you act; it stands in the log. What is private to a role only that role is shown." default:"officer" placeholder:"ROLE"`
	JSON     bool   `help:"Answer in JSON." name:"json"`

	Demo      demoCmd      `cmd:"" help:"Make a sample constituency and let a day happen. Needs nothing."`
	Init      initCmd      `cmd:"" help:"Make a constituency's folder by a few questions."`
	Import    importCmd    `cmd:"" help:"Read a list (members, donations, meetings ...), show what is different, and take it."`
	Sheet     sheetCmd     `cmd:"" help:"Show how a list would be read: its columns, and every cell that cannot be. Takes nothing."`
	Map       mapCmd       `cmd:"" help:"Say which column of a list is which, and write it into constituency.yaml."`
	Check     checkCmd     `cmd:"" help:"Check every playbook, letter and setting."`
	Playbooks playbooksCmd `cmd:"" help:"List the playbooks: what each is for, and how it stands."`
	Show      showCmd      `cmd:"" help:"Show a playbook as it holds here, or in plain English with --words."`
	Adopt     adoptCmd     `cmd:"" help:"Write down that a committee has adopted a playbook."`
	Trust     trustCmd     `cmd:"" help:"Say what a playbook may do by itself, or show what each may and why."`
	Diff      diffCmd      `cmd:"" help:"Say what is different since a playbook was adopted: in the library, and here."`
	Schema    schemaCmd    `cmd:"" help:"Print the schema by which editors complete and check these files."`
	Test      testCmd      `cmd:"" help:"Run the playbooks' own tests."`
	Eval      evalCmd      `cmd:"" help:"Work out an expression, with all its parts."`
	When      whenCmd      `cmd:"" help:"Work out a moment or a schedule, and say how it was counted."`
	Plan      planCmd      `cmd:"" help:"Show what is due, to whom and why. Changes and sends nothing."`
	Forecast  forecastCmd  `cmd:"" help:"Show the days ahead, on today's lists. Changes and sends nothing."`
	Calendar  calendarCmd  `cmd:"" help:"Show every occurrence that a calendar file holds, and what is odd in it. Needs no constituency."`
	Compare   compareCmd   `cmd:"" help:"Say what your playbooks would have done differently over the past lists."`
	Review    reviewCmd    `cmd:"" help:"See the letters that wait for a yes or no, and decide."`
	Lists     listsCmd     `cmd:"" help:"Call sheets, letters for the post and labels, for those whom no mail reaches."`
	Write     writeCmd     `cmd:"" help:"Write one letter to people whom a condition chooses; it waits for a yes like any other."`
	Run       runCmd       `cmd:"" help:"One pass: import what is new, plan, send what may go."`
	Daemon    daemonCmd    `cmd:"" help:"Keep running, a look a minute."`
	Console   consoleCmd   `cmd:"" help:"Open the console in your browser: print an address that signs you in."`
	Mail      mailCmd      `cmd:"" help:"What came back: collect it, list what waits, take it; log the mail account in."`
	SendTest  sendTestCmd  `cmd:"" help:"Send a playbook's letters to yourself, to see them first." name:"send-test"`
	Explain   explainCmd   `cmd:"" help:"Say why something was or was not done about one record."`
	Record    recordCmd    `cmd:"" help:"Write down what you know: a fact, a talk, a reply, a wish not to be written to."`
	People    peopleCmd    `cmd:"" help:"See which records may be of one person, and say whether they are."`
	Answer    answerCmd    `cmd:"" help:"Answer a task."`
	Status    statusCmd    `cmd:"" help:"Say how things stand."`
	Log       logCmd       `cmd:"" help:"Show what was decided, by whom and when, and prove that nothing of it was changed."`
	Doctor    doctorCmd    `cmd:"" help:"Try the mail by a letter to yourself, and look at the clock, the disk, the backup, and who can read your files."`
	Stop      stopCmd      `cmd:"" help:"Hold every letter, at once."`
	Resume    resumeCmd    `cmd:"" help:"Let letters go again."`
	Backup    backupCmd    `cmd:"" help:"Copy the database into a file."`
	Restore   restoreCmd   `cmd:"" help:"Put a backup in the place of the database."`
	Takeover  takeoverCmd  `cmd:"" help:"Make this computer the one that sends."`
	Forget    forgetCmd    `cmd:"" help:"Erase a person; without --really it only shows what would go."`
	Dossier   dossierCmd   `cmd:"" help:"Print all that is held on one person."`
	Complete  completeCmd  `cmd:"" help:"Print a script that completes commands in your shell."`
	Next      nextCmd      `cmd:"" default:"1" help:"Say what to do next: what clarion alone does."`
	Version   versionCmd   `cmd:"" help:"Say which version this is."`
}

func main() {
	collectLater()
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// session is what every command is given.
type session struct {
	*cli
	ctx    context.Context
	in     io.Reader
	out    *screen
	err    io.Writer
	parser *kong.Kong // of all commands; nil where one was enough
	me     string     // how the program was started
}

// run is main with its surroundings as arguments.
func run(args []string, in io.Reader, out, errs io.Writer) int {
	var c cli
	exited := -1
	grammar := func(into any) (*kong.Kong, error) {
		return kong.New(into, kong.Name("clarion"), kong.Description(about), kong.Writers(out, errs),
			kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
			kong.Exit(func(code int) { exited = code; panic(exit{}) }), kong.Help(helpWithExamples))
	}
	args = spoken(args)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	s := &session{cli: &c, ctx: ctx, in: in, out: newScreen(out), err: errs, me: started(os.Args[0])}
	return func() (code int) {
		defer func() {
			if r := recover(); r != nil {
				if _, ours := r.(exit); !ours {
					panic(r)
				}
				code = exited
			}
		}()
		k, err := s.parse(args, grammar)
		if err != nil {
			s.wrong(err)
			return exitUsage
		}
		c.settle()
		return s.report(k.Run(s))
	}()
}

// parse reads the command line: by the part of the grammar that it names, and if
// that will not do by the whole.
func (s *session) parse(args []string, grammar func(into any) (*kong.Kong, error)) (*kong.Context, error) {
	if part := s.narrow(args); part.IsValid() {
		if parser, err := grammar(part.Interface()); err == nil {
			if k, err := parser.Parse(args); err == nil {
				s.widen(part)
				return k, nil
			}
		}
	}
	var err error
	if s.parser, err = grammar(s.cli); err != nil {
		return nil, err
	}
	return s.parser.Parse(args)
}

// spoken turns what people type out of habit into what kong understands:
// clarion help plan, clarion --version.
func spoken(args []string) []string {
	switch {
	case len(args) > 0 && args[0] == "help":
		return append(append([]string(nil), args[1:]...), "--help")
	case len(args) == 1 && (args[0] == "--version" || args[0] == "-v"):
		return []string{"version"}
	}
	return args
}

// settle makes paths of the places that were given. A setting of the environment
// that is empty is none.
func (c *cli) settle() {
	if c.Folder == "" {
		c.Folder = "."
	}
	c.Folder = kong.ExpandPath(c.Folder)
	if c.Database != "" {
		c.Database = kong.ExpandPath(c.Database)
	}
}

// exit unwinds out of kong after it has printed help.
type exit struct{}

const about = `Clarion keeps the duties of a local party's volunteer officers: each duty is a playbook, a plan shows exactly what would be sent, to whom and why, and nothing in doubt is sent.

Start with:  clarion demo`

// report turns an error into a sentence, a hint and an exit status.
func (s *session) report(err error) int {
	if err == nil {
		return exitOK
	}
	if errors.Is(err, errFaults) {
		return exitFaults
	}
	if errors.Is(err, context.Canceled) || s.ctx.Err() != nil {
		fmt.Fprintln(s.err, "clarion: stopped; nothing is half done.")
		return exitFailed
	}
	var usage *usageError
	if errors.As(err, &usage) {
		fmt.Fprintln(s.err, "clarion:", usage.text)
		return exitUsage
	}
	fmt.Fprintln(s.err, "clarion: "+strings.TrimSpace(err.Error()))
	var refused *engine.Refused
	if errors.As(err, &refused) {
		return exitFaults
	}
	return exitFailed
}

// usageError is a fault of the command line that kong could not see.
type usageError struct{ text string }

func (u *usageError) Error() string { return u.text }

func usage(format string, args ...any) error { return &usageError{fmt.Sprintf(format, args...)} }
