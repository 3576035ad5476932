package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/connectors/mail"
	"github.com/clarion-clp/clarion/connectors/mail/account"
	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/engine/store"
	"github.com/clarion-clp/clarion/playbooks"
)

// office is an opened constituency.
type office struct {
	*engine.Engine
	store *store.Store
}

func (o *office) Close() { o.store.Close() }

// settings reads the files of the folder, which must be a constituency's and
// without faults.
func (s *session) settings() (folder string, set *playbook.Set, err error) {
	folder, err = filepath.Abs(s.Folder)
	if err != nil {
		return "", nil, fmt.Errorf("finding the folder: %w", err)
	}
	at, missing := os.Stat(folder)
	if missing == nil && !at.IsDir() {
		return "", nil, fmt.Errorf("%s is a file. Say which folder it lies in: -C %s", dataset.Plain(folder), shell(rel(filepath.Dir(folder))))
	}
	if errors.Is(missing, os.ErrNotExist) {
		return "", nil, fmt.Errorf("there is no folder %s. Say where the constituency's folder is with -C FOLDER", dataset.Plain(folder))
	}
	if _, missing := os.Stat(filepath.Join(folder, "constituency.yaml")); errors.Is(missing, os.ErrNotExist) {
		return "", nil, fmt.Errorf("%s is not a constituency's folder: it has no constituency.yaml. Make one with clarion init, or say where it is with -C FOLDER", dataset.Plain(folder))
	}
	set, err = playbook.Load(playbooks.Library, os.DirFS(folder))
	if err != nil {
		return "", nil, err
	}
	if set.Fatal() {
		return "", nil, &engine.NotReady{Faults: set.Faults}
	}
	if err := s.actAs(set); err != nil {
		return "", nil, err
	}
	return folder, set, nil
}

// open opens the constituency of the folder, at the wall clock or as if on
// --on. Sending verbs refuse a feigned day, unless letters go into a folder.
func (s *session) open(sends bool) (*office, error) {
	folder, set, err := s.settings()
	if err != nil {
		return nil, err
	}
	now, err := s.clock(folder, set.Constituency.Clock)
	if err != nil {
		return nil, err
	}
	if s.On != "" && sends && set.Constituency.Mail.Drop == "" {
		return nil, usage("--on is for looking: this command may send real letters, and a letter must not be sent on a feigned day")
	}
	if err := s.known(folder); err != nil {
		return nil, err
	}
	config := configDir()
	if isDemo(folder) && s.Database == "" {
		config = filepath.Join(folder, demoPart)
	}
	o, err := s.openAt(folder, s.databasePath(folder), config, set, now)
	if err == nil && s.On == "" && !isDemo(folder) {
		o.Steady = engine.SettleAfter
	}
	return o, err
}

// actAs finds the role that --as means, by its id or by what people call it.
func (s *session) actAs(set *playbook.Set) error {
	if s.As == anyOfficer {
		return nil
	}
	r, near := set.RoleMeant(s.As)
	switch {
	case r != nil:
		s.As = r.Name
		return nil
	case near != nil:
		return usage("--as %s: there is no such role. Perhaps the %s is meant: --as %s", dataset.Plain(s.As), near.Title, near.Name)
	}
	return usage("--as %s: there is no such role. There are: %s", dataset.Plain(s.As), strings.Join(sortedKeys(set.Roles), ", "))
}

// openAt opens a constituency whose places are known, and whose playbooks may
// have been loaded already.
func (s *session) openAt(folder, database, config string, set *playbook.Set, now func() time.Time) (*office, error) {
	st, err := store.Open(s.ctx, database, store.Options{Machine: machine(), ConfigDir: config, Now: now})
	if err != nil {
		return nil, err
	}
	e, err := engine.New(engine.Options{Folder: folder, Library: playbooks.Library, Loaded: set, Store: st, Now: now,
		Read: source(now), Recognise: recognise, Headings: headings, Sender: s.sender(folder), Mailbox: s.mailbox(folder), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		st.Close()
		return nil, err
	}
	return &office{Engine: e, store: st}, nil
}

// sender opens the way out that the mail settings name.
func (s *session) sender(folder string) func(context.Context, *playbook.Constituency) (engine.Sender, error) {
	return func(_ context.Context, c *playbook.Constituency) (engine.Sender, error) {
		m := c.Mail
		switch {
		case m.Drop != "":
			return mail.NewDrop(within(folder, m.Drop))
		case m.Server == "":
			return nil, engine.ErrNoMail
		}
		password, err := secret(folder, m.PasswordFile, m.PasswordEnv)
		if err != nil {
			return nil, err
		}
		config := mail.Config{Server: m.Server, Port: m.Port, User: m.User, Password: password, TLS: m.TLS}
		if m.TokenFile != "" {
			log, err := account.Open(within(folder, m.TokenFile))
			if err != nil {
				return nil, err
			}
			config.User, config.Token = cmp.Or(m.User, log.User()), log.Token
		}
		if config.Signer, err = signer(folder, m.DKIM); err != nil {
			return nil, err
		}
		out, err := mail.NewSMTP(config)
		if err != nil {
			return nil, err
		}
		return proven(folder, m, out), nil
	}
}

// within gives a path relative to the folder, unless it is absolute.
func within(folder, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(folder, path)
}

// secret reads a password from a file or the environment; never from YAML.
func secret(folder, file, env string) (string, error) {
	switch {
	case file != "":
		b, err := os.ReadFile(within(folder, file))
		if err != nil {
			return "", fmt.Errorf("reading the mail password: %w. Put the password into that file, readable by you alone", err)
		}
		return strings.TrimSpace(string(b)), nil
	case env != "":
		v, ok := os.LookupEnv(env)
		if !ok {
			return "", fmt.Errorf("the mail password is to be in the environment variable %s, and it is not set", env)
		}
		return v, nil
	}
	return "", nil
}

// dataDir is the user's folder for data that programs keep.
func dataDir() string {
	if d := os.Getenv("XDG_DATA_HOME"); d != "" {
		return filepath.Join(d, "clarion")
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return filepath.Join(os.TempDir(), "clarion")
	}
	switch runtime.GOOS {
	case "windows":
		if d := os.Getenv("LOCALAPPDATA"); d != "" {
			return filepath.Join(d, "Clarion")
		}
	case "darwin":
		return filepath.Join(home, "Library", "Application Support", "Clarion")
	}
	return filepath.Join(home, ".local", "share", "clarion")
}

// configDir is where a store's counter is noted outside the database.
func configDir() string {
	d, err := os.UserConfigDir()
	if err != nil {
		return dataDir()
	}
	return filepath.Join(d, "clarion")
}

// machine is this computer's own name for itself.
func machine() string {
	for _, f := range []string{"/etc/machine-id", "/var/lib/dbus/machine-id"} {
		if b, err := os.ReadFile(f); err == nil && len(strings.TrimSpace(string(b))) > 0 {
			return strings.TrimSpace(string(b))
		}
	}
	name, err := os.Hostname()
	if err != nil {
		return "unknown"
	}
	return name
}

// clock is the wall clock, or a day that --on feigns. A demo's folder has a day
// of its own, from which --on +7 counts.
func (s *session) clock(folder string, c calendar.Clock) (func() time.Time, error) {
	t, demo := demoNow(folder)
	switch {
	case s.On != "":
		base := time.Now()
		if demo {
			base = t
		}
		var err error
		if t, err = parseOn(s.On, c, base); err != nil {
			return nil, err
		}
	case !demo:
		return time.Now, nil
	}
	return func() time.Time { return t }, nil
}

// parseOn reads a day, a day and a time, or a number of days from a base. A
// day alone means that day at the constituency's hour.
func parseOn(text string, c calendar.Clock, base time.Time) (time.Time, error) {
	if n, ok := strings.CutPrefix(text, "+"); ok {
		days, err := strconv.Atoi(n)
		if err != nil || days < 0 || days > 3650 {
			return time.Time{}, usage("--on %s: write a number of days, +7", text)
		}
		return c.AtHour(c.Day(base).AddDays(days)), nil
	}
	day, hour, timed := strings.Cut(text, "T")
	d, err := calendar.ParseDate(day)
	if err != nil {
		return time.Time{}, usage("--on %s: write a day, 2026-11-30, a day and a time, 2026-11-30T09:00, or +7", text)
	}
	if !timed {
		return c.AtHour(d), nil
	}
	m, err := calendar.ParseHour(hour)
	if err != nil {
		return time.Time{}, usage("--on %s: write the time as 09:00", text)
	}
	return c.On(d, m), nil
}
