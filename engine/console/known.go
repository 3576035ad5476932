package console

import (
	"crypto/sha256"
	"sync"
	"time"
)

// mostKnown is how many sessions the program keeps in mind.
const mostKnown = 500

// A memory is what the program keeps of sessions without writing it down: that
// they were there, a word that is shown once on a page, where somebody was going
// before being asked to sign in. It is lost when the program ends, and nothing
// depends on it.
type memory struct {
	mu    sync.Mutex
	cells map[[32]byte]*remembered
}

type remembered struct {
	seen   time.Time
	live   bool              // it is a session's name
	notice map[string]string // by the page that shows it
	back   string
}

// cell finds the place of a name, and makes one where it must.
func (m *memory) cell(name string) *remembered {
	if m.cells == nil {
		m.cells = map[[32]byte]*remembered{}
	}
	key := sha256.Sum256([]byte(name))
	c := m.cells[key]
	if c == nil {
		if len(m.cells) >= mostKnown {
			m.drop()
		}
		c = &remembered{}
		m.cells[key] = c
	}
	c.seen = time.Now()
	return c
}

// drop forgets what was seen longest ago.
func (m *memory) drop() {
	var oldest [32]byte
	at := time.Time{}
	for k, c := range m.cells {
		if at.IsZero() || c.seen.Before(at) {
			oldest, at = k, c.seen
		}
	}
	delete(m.cells, oldest)
}

// note keeps in mind that a session is there.
func (m *memory) note(name string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.cell(name).live = true
}

// forget lets go of all that is known of a name.
func (m *memory) forget(name string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.cells, sha256.Sum256([]byte(name)))
}

// knows reports whether a session was there when it was last asked for.
func (m *memory) knows(name string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := m.cells[sha256.Sum256([]byte(name))]
	return c != nil && c.live
}

// say keeps a word for a page, and said gives it, once.
func (m *memory) say(name, path, notice string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := m.cell(name)
	if c.notice == nil || len(c.notice) > 20 {
		c.notice = map[string]string{}
	}
	c.notice[path] = notice
}

func (m *memory) said(name, path string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := m.cells[sha256.Sum256([]byte(name))]
	if c == nil {
		return ""
	}
	s := c.notice[path]
	delete(c.notice, path)
	return s
}

// goingTo keeps where somebody was going, and going gives it, once.
func (m *memory) goingTo(name, back string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.cell(name).back = back
}

func (m *memory) going(name string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := m.cells[sha256.Sum256([]byte(name))]
	if c == nil {
		return ""
	}
	s := c.back
	c.back = ""
	return s
}
