package playbook

import (
	"path"
	"slices"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
)

// constituencyFile is the name of the file that describes a constituency.
const constituencyFile = "constituency.yaml"

// byDefault is a constituency that has said nothing.
func byDefault() *Constituency {
	return &Constituency{
		Budget:    Budget{LettersAWeek: 2, MarketingAMonth: 3, DaysBetween: 2},
		Brakes:    Brakes{MostAtOnce: 50, SharePercent: 20, TimesUsual: 3, Floor: 5},
		Earning:   Earning{Decisions: 10, BouncePercent: 5, Days: 14},
		Review:    reviewByDefault(),
		Quiet:     Quiet{Weekdays: map[time.Weekday]bool{}},
		Clock:     calendar.Clock{Zone: time.UTC, Hour: 9 * 60, Nation: calendar.EnglandAndWales},
		Data:      map[string]Source{},
		Audiences: map[string]Audience{},
		Trust:     map[string]Trust{},
	}
}

// constituencyHead reads what everything else needs: the name, the clock and
// further holidays. The rest is read by constituencyBody once the law is known.
func (ld *loader) constituencyHead(v value) (mapping, bool) {
	c := ld.set.Constituency
	m, _ := v.form(constituencyForm)
	if !v.isMapping() {
		return m, false
	}
	if n := m.get("name"); n.there() {
		c.Name, _ = n.text("name")
	} else {
		m.fault("", "The constituency must have a name.")
	}
	if v := m.get("id"); v.there() {
		if id, ok := v.text("id"); ok && !isID(id) {
			v.fault("small letters, figures and hyphens, at least three", "The id cannot be %q.", plain(id))
		}
	}
	zone := "Europe/London"
	z := m.get("time_zone")
	if z.there() {
		zone, _ = z.text("time_zone")
	}
	where, err := time.LoadLocation(zone)
	if (err != nil || zone == "Local" || zone == "") && z.there() {
		z.fault("write Europe/London", "There is no time zone %q.", plain(zone))
	} else if err != nil {
		m.fault("", "The time zone %s is not known to this program.", zone)
	} else {
		c.Clock.Zone = where
	}
	if n := m.get("nation"); n.there() {
		if word, ok := n.choice("nation", "england_and_wales", "scotland", "northern_ireland"); ok {
			c.Clock.Nation = nationNames[word]
		}
	}
	if h := m.get("hour"); h.there() {
		if minutes, ok := h.clockTime("hour"); ok {
			c.Clock.Hour = minutes
		}
	}
	if s := m.get("started"); s.there() {
		c.Started, _ = s.date("started")
	}
	if v := m.get("leap_birthday"); v.there() {
		word, _ := v.choice("leap_birthday", leapDays...)
		c.LeapEarly = word == "28 february"
	}
	if h := m.get("holidays"); h.there() {
		if name, ok := ld.ownPath(h, "holidays"); ok {
			if hv, ok := ld.read(ld.own, name, "", h); ok {
				ld.holidays.extend(hv, c.Clock.Nation)
			}
		}
	}
	c.Clock.Holidays = ld.holidays.holidays()
	ld.set.titles = ld.holidays.titles
	return m, true
}

// constituencyBody reads the rest of the file.
func (ld *loader) constituencyBody(m mapping) {
	c := ld.set.Constituency
	if q := m.get("quiet"); q.there() {
		c.Quiet = readQuiet(q)
	}
	if b := m.get("budget"); b.there() {
		bm, _ := b.form(budgetForm)
		setNumber(bm, "letters_a_week", &c.Budget.LettersAWeek, 0, 100)
		setNumber(bm, "marketing_a_month", &c.Budget.MarketingAMonth, 0, 100)
		setNumber(bm, "days_between", &c.Budget.DaysBetween, 0, 100)
	}
	if b := m.get("brakes"); b.there() {
		readBrakes(b, &c.Brakes)
	}
	if t := m.get("trust"); t.there() {
		tm, _ := t.form(earningForm)
		setNumber(tm, "decisions", &c.Earning.Decisions, 5, 1000)
		setShare(tm, "bounces", &c.Earning.BouncePercent, 0, 10)
		setNumber(tm, "days", &c.Earning.Days, 7, 90)
	}
	if v := m.get("review"); v.there() {
		readReview(v, &c.Review)
	}
	if v := m.get("mail"); v.there() {
		readMail(v, &c.Mail, ld.set.Schemas)
	}
	if v := m.get("web"); v.there() {
		readWeb(v, &c.Web)
	}
	if v := m.get("imprint"); v.there() {
		c.Imprint, _ = v.text("imprint")
	}
	if v := m.get("data"); v.there() {
		dm, _ := v.mapping("data")
		for _, e := range dm.entries {
			ld.source(e)
		}
	}
	for _, name := range []string{"branches", "officers"} {
		if v := m.get(name); v.there() {
			ld.source(entry{name: name, key: v, val: v})
		}
	}
	if v := m.get("law"); v.there() {
		ld.set.Law.tighten(v, c.Clock)
	}
	if v := m.get("roles"); v.there() {
		ld.ownGrants(v)
	}
	if v := m.get("audiences"); v.there() {
		am, _ := v.mapping("audiences")
		for _, e := range am.entries {
			ld.audience(e)
		}
	}
}

// setNumber reads a number into a place, if it is written.
func setNumber(m mapping, key string, to *int, low, high int) {
	if v := m.get(key); v.there() {
		if n, ok := v.number(key, low, high); ok {
			*to = n
		}
	}
}

// setText reads a text into a place, if it is written.
func setText(m mapping, key string, to *string) {
	if v := m.get(key); v.there() {
		if s, ok := v.text(key); ok {
			*to = s
		}
	}
}

// setShare reads a share into a place, if it is written: "20 percent".
func setShare(m mapping, key string, to *int, low, high int) {
	s := m.get(key)
	if !s.there() {
		return
	}
	text, ok := s.text(key)
	number, isShare := strings.CutSuffix(text, " percent")
	if ok && !isShare {
		s.fault("write it as 20 percent", "The share %q is not a number of percent.", plain(text))
	} else if ok {
		n := *s.n
		n.Value = number
		if share, good := (value{&n, s.d}).number(key, low, high); good {
			*to = share
		}
	}
}

// readBrakes reads the brakes.
func readBrakes(v value, b *Brakes) {
	m, _ := v.form(brakesForm)
	setNumber(m, "most_at_once", &b.MostAtOnce, 1, 100000)
	setNumber(m, "times_usual", &b.TimesUsual, 1, 1000)
	setNumber(m, "floor", &b.Floor, 0, 100000)
	setShare(m, "share", &b.SharePercent, 1, 100)
}

// weekdays by their names in the language.
var weekdays = map[string]time.Weekday{
	"sunday": time.Sunday, "monday": time.Monday, "tuesday": time.Tuesday, "wednesday": time.Wednesday,
	"thursday": time.Thursday, "friday": time.Friday, "saturday": time.Saturday,
}

// readQuiet reads the days on which nothing goes to members.
func readQuiet(v value) Quiet {
	q := Quiet{Weekdays: map[time.Weekday]bool{}}
	list, _ := v.items("quiet")
	for _, item := range list {
		if item.isMapping() {
			m, _ := item.form(quietForm)
			from, until := m.get("from"), m.get("until")
			if !from.there() || !until.there() {
				item.fault("", "A quiet time must have from and until.")
				continue
			}
			a, ok := from.date("from")
			b, ok2 := until.date("until")
			if ok && ok2 && b < a {
				until.fault("", "A quiet time ends before it begins.")
			} else if ok && ok2 {
				q.Ranges = append(q.Ranges, [2]calendar.Date{a, b})
			}
			continue
		}
		s, ok := item.text("quiet")
		day, isDay := weekdays[s]
		switch {
		case !ok:
		case s == "bank holidays":
			q.BankHolidays = true
		case isDay:
			q.Weekdays[day] = true
		default:
			item.fault(didYouMean(s, append(sortedNames(weekdays), "bank holidays")), "Quiet cannot be %q.", plain(s))
		}
	}
	if len(q.Weekdays) == 7 {
		v.fault("leave one of them out", "Every day of the week is quiet: no letter would ever go.")
	}
	return q
}

// mostConnections is how many connections to a server may be kept at once.
const mostConnections = 8

// readMail reads how letters leave and come back.
func readMail(v value, mail *Mail, schemas map[string]*dataset.Schema) {
	m, _ := v.form(mailForm)
	setText(m, "from", &mail.From)
	setText(m, "drop", &mail.Drop)
	if s := m.get("send"); s.there() {
		sm, _ := s.form(sendForm)
		mail.Port, mail.TLS = 587, "starttls"
		setText(sm, "server", &mail.Server)
		setText(sm, "user", &mail.User)
		setText(sm, "password_file", &mail.PasswordFile)
		setText(sm, "password_env", &mail.PasswordEnv)
		setText(sm, "token_file", &mail.TokenFile)
		setNumber(sm, "port", &mail.Port, 1, 65535)
		setNumber(sm, "a_day", &mail.ADay, 1, 1000000)
		setNumber(sm, "a_minute", &mail.AMinute, 1, 10000)
		setNumber(sm, "connections", &mail.Connections, 1, mostConnections)
		if t := sm.get("tls"); t.there() {
			if word, ok := t.choice("tls", "starttls", "tls", "none"); ok {
				mail.TLS = word
			}
		}
		if mail.Server == "" {
			s.fault("", "Sending needs a server.")
		}
		if ways := given(sm, "password_file", "password_env", "token_file"); len(ways) > 1 {
			sm.get(ways[1]).fault("keep one of them", "Whoever sends signs in in %d ways: %s.", len(ways), strings.Join(ways, " and "))
		}
		if mail.From == "" && strings.Contains(mail.User, "@") {
			mail.From = mail.User
		}
		if mail.From == "" {
			v.fault("add from: secretary@example.org", "Sending needs the address that letters come from.")
		}
	}
	setNumber(m, "attachments_mb", &mail.Attachments, 1, mostAttached)
	if d := m.get("dkim"); d.there() {
		mail.DKIM = readDKIM(d, mail.From)
	}
	if mail.Drop != "" && mail.Server != "" {
		m.get("drop").fault("keep one of them", "Letters go to a server or to a drop folder, not both.")
	}
	if b := m.get("mailbox"); b.there() {
		mail.Mailbox = readMailbox(b, schemas)
	}
}

// source reads where a dataset is imported from.
func (ld *loader) source(e entry) {
	s := ld.set.Schemas[e.name]
	if s == nil {
		e.key.fault(didYouMean(e.name, sortedNames(ld.set.Schemas)), "There is no dataset %q.", plain(e.name))
		return
	}
	if _, twice := ld.set.Constituency.Data[e.name]; twice {
		e.key.fault("keep one of them", "%s says twice where it comes from.", sentence(e.name))
		return
	}
	m, good := e.val.mapping("the source of "+e.name, sourceForm.names()...)
	var src Source
	setText(m, "from", &src.From)
	setText(m, "file", &src.From)
	setText(m, "folder", &src.Folder)
	setText(m, "sheet", &src.Sheet)
	setText(m, "profile", &src.Profile)
	if v := m.get("kind"); v.there() {
		src.Kind, _ = v.name("kind")
	}
	if v := m.get("stale_after"); v.there() {
		src.StaleAfter, _ = v.duration("stale_after")
	}
	if v := m.get("full"); v.there() {
		src.Full, _ = v.yesNo("full")
	}
	setNumber(m, "gone_after", &src.GoneAfter, 1, mostLists)
	if v := m.get("dates"); v.there() {
		src.Dates, _ = v.choice("dates", "day-first", "month-first")
	}
	if good && (src.From == "") == (src.Folder == "") || m.get("from").there() && m.get("file").there() {
		e.val.fault("", "%s must say one of from (a file) and folder.", sentence(e.name))
		return
	}
	if v := m.get("types"); v.there() {
		src.Types = typesOf(v, src, s)
	}
	if v := m.get("full"); !v.there() {
		src.Full = src.Calendar() // a calendar file is always the whole calendar
	}
	if v := m.get("columns"); v.there() {
		cm, _ := v.mapping("columns")
		src.Columns = make(map[string]string, len(cm.entries))
		for _, c := range cm.entries {
			if namesColumns(c.key, s, c.name) {
				src.Columns[c.name], _ = c.val.text("header")
			}
		}
	}
	ld.set.Constituency.Data[e.name] = src
}

// typesOf reads which words of a calendar mean which type of a dataset.
func typesOf(v value, src Source, s *dataset.Schema) map[string]string {
	c := s.TypeColumn()
	if !src.Calendar() || c == nil {
		v.fault("types: is for a calendar, from: data/calendar.ics", "%s cannot have types here.", sentence(s.Name))
		return nil
	}
	m, _ := v.mapping("types")
	types := make(map[string]string, len(m.entries))
	for _, e := range m.entries {
		if typ, ok := e.val.choice("type", c.Choices...); ok {
			types[e.name] = typ
		}
	}
	return types
}

// audience reads a named list of people: roles, or "member in members when
// <condition>".
func (ld *loader) audience(e entry) {
	name, ok := e.key.name("audience")
	if !ok {
		return
	}
	a := Audience{}
	if !e.val.isScalar() {
		list, _ := e.val.items("audience")
		for _, item := range list {
			role, ok := item.text("role")
			if ok && ld.set.Roles[role] == nil {
				item.fault(didYouMean(role, sortedNames(ld.set.Roles)), "There is no role %q.", plain(role))
			} else if ok && !slices.Contains(a.Roles, role) {
				a.Roles = append(a.Roles, role)
			}
		}
		if len(a.Roles) > 0 {
			ld.set.Constituency.Audiences[name] = a
		}
		return
	}
	text, ok := e.val.text("audience")
	if !ok {
		return
	}
	who, when, found := strings.Cut(text, " when ")
	forWhom, good := ld.forWhom(e.val, who)
	if !found {
		e.val.fault("write member in members when <condition>, or a list of roles", "An audience must say whom it means.")
		return
	}
	if !good {
		return
	}
	if !forWhom.Schema.Person {
		e.val.fault("", "An audience consists of persons; %s are not.", forWhom.Dataset)
		return
	}
	a.Var, a.Dataset = forWhom.Var, forWhom.Dataset
	sc := ld.scope(map[string]dataset.Type{a.Var: {Record: forWhom.Schema}})
	at := len([]rune(who)) + len(" when ")
	if strings.TrimSpace(when) != "everyone" {
		a.When = ld.yesNoExpr(sc, e.val, when, at)
	}
	ld.set.Constituency.Audiences[name] = a
}

// ownPath reads the path of a file of the constituency: inside its folder.
func (ld *loader) ownPath(v value, what string) (string, bool) {
	s, ok := v.text(what)
	if !ok {
		return "", false
	}
	clean := path.Clean(strings.ReplaceAll(s, `\`, "/"))
	if path.IsAbs(clean) || clean == "." || clean == ".." || strings.HasPrefix(clean, "../") || strings.Contains(clean, ":") {
		v.fault("name a file inside the constituency's folder", "%s cannot be %q.", sentence(what), plain(s))
		return "", false
	}
	return clean, true
}
