package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/connectors/mail/account"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/playbook"
)

type mailLoginCmd struct {
	ClientID  string `name:"client-id" help:"Microsoft only: the application (client) ID of your party's own registration; once is enough." placeholder:"ID"`
	Tenant    string `help:"Microsoft only: your organisation's name or number." placeholder:"NAME" default:"organizations"`
	User      string `help:"The mail account, if constituency.yaml does not say." placeholder:"ADDRESS"`
	File      string `help:"Microsoft only: where the log-in is kept." placeholder:"FILE" default:"mail.token"`
	Authority string `help:"Microsoft only: where your organisation logs in." placeholder:"URL" default:"https://login.microsoftonline.com" hidden:""`
}

func (*mailLoginCmd) Help() string {
	return "Microsoft: you are shown a code to type in on Microsoft's page. Your party registers an application of its own first (entra.microsoft.com, App registrations): public client flows allowed, with the permissions IMAP.AccessAsUser.All, SMTP.Send and offline_access. All others, Google among them: you are asked for a password, at Google an app password.\n\n" +
		examples(`clarion mail login --client-id 01234567-89ab-cdef`, `clarion mail login`)
}

// Run logs in with a code where the provider is Microsoft, and asks for a
// password otherwise.
func (c *mailLoginCmd) Run(s *session) error {
	folder, set, err := s.settings()
	if err != nil {
		return err
	}
	m := set.Constituency.Mail
	servers, users := []string{m.Server}, []string{c.User, m.User}
	if m.Mailbox != nil {
		servers, users = append(servers, m.Mailbox.Server), append(users, m.Mailbox.User)
	}
	user := cmp.Or(users...)
	switch {
	case cmp.Or(servers...) == "":
		return errors.New("constituency.yaml names no mail server, so there is nothing to log in to: add mail, with send or mailbox")
	case user == "":
		return errors.New("constituency.yaml names no user of the mail account: add user under send, or say --user secretary@example.org")
	case c.ClientID != "" || slices.ContainsFunc(servers, microsoft):
		return c.byCode(s, within(folder, c.File), user)
	}
	return c.byPassword(s, folder, m, slices.ContainsFunc(servers, google))
}

func microsoft(server string) bool { return ofDomain(server, "office365.com", "outlook.com") }
func google(server string) bool    { return ofDomain(server, "gmail.com", "googlemail.com") }

// ofDomain tells that a server belongs to one of the domains.
func ofDomain(server string, domains ...string) bool {
	server = strings.ToLower(server)
	return slices.ContainsFunc(domains, func(d string) bool { return server == d || strings.HasSuffix(server, "."+d) })
}

// byCode shows a code, and waits until somebody has typed it in.
func (c *mailLoginCmd) byCode(s *session, file, user string) error {
	r, err := account.Microsoft(c.Authority, c.Tenant, c.ClientID)
	if c.ClientID == "" {
		before, missing := account.Open(file)
		if missing != nil {
			return usage("the first log-in needs --client-id: the application (client) ID of your party's own registration with Microsoft; clarion mail login --help says how to come by one")
		}
		r, err = before.Registration(), nil
	}
	if err != nil {
		return usage("%s", err)
	}
	out := s.out
	if s.JSON {
		out = newScreen(s.err) // the answer on standard output is of the end
	}
	err = account.LogIn(s.ctx, file, r, user, func(code account.Code) {
		out.say("On any computer or telephone, open %s\nand type in this code:  %s\nLog in there as %s. The code holds for %s.", code.Page, code.Code, dataset.Plain(user),
			plural(int(time.Until(code.Until).Round(time.Minute).Minutes()), "minute", "minutes"))
	})
	if err != nil {
		return err
	}
	return s.tell("Logged in. The log-in is kept in %s, which you alone can read.", rel(file))
}

// byPassword asks for a password, and puts it where the settings say.
func (c *mailLoginCmd) byPassword(s *session, folder string, m playbook.Mail, google bool) error {
	files := []string{m.PasswordFile}
	if m.Mailbox != nil && m.Mailbox.PasswordFile != m.PasswordFile && (m.Mailbox.User == m.User || m.Server == "") {
		files = append(files, m.Mailbox.PasswordFile)
	}
	files = slices.DeleteFunc(files, func(f string) bool { return f == "" })
	if len(files) == 0 {
		return errors.New("constituency.yaml names no file for the mail password: add password_file: smtp.password under send. (With password_env the password is in the environment, and there is nothing to keep.)")
	}
	prompt := "The password of the mail account; some providers want one of its own for programs (an app password)."
	if google {
		prompt = "Google wants an app password: with two-step verification on, make one at https://myaccount.google.com/apppasswords and type it in here."
	}
	password, err := s.hidden(prompt)
	if err != nil {
		return err
	}
	for _, f := range files {
		if err := account.KeepPassword(within(folder, f), password, !google); err != nil {
			return err
		}
	}
	return s.tell("The password is kept in %s, which you alone can read.", strings.Join(files, " and "))
}

// hidden asks for a line that is not shown while it is typed, where that can be
// had.
func (s *session) hidden(prompt string) (string, error) {
	keyboard, ours := s.in.(*os.File)
	if ours && terminal(keyboard) {
		fmt.Fprintln(s.err, prompt)
		show := func(how string) error {
			stty := exec.Command("stty", how)
			stty.Stdin = keyboard
			return stty.Run()
		}
		if show("-echo") == nil {
			defer func() { _ = show("echo"); fmt.Fprintln(s.err) }()
		} else {
			fmt.Fprintln(s.err, "It will be seen as you type it: look over your shoulder.")
		}
		fmt.Fprint(s.err, "> ")
	}
	line, err := bufio.NewReader(s.in).ReadString('\n')
	if line = strings.TrimRight(line, "\r\n"); line == "" {
		if err == nil {
			err = errors.New("it was empty")
		}
		return "", fmt.Errorf("no password was given: %w. Nothing was changed", err)
	}
	return line, nil
}
