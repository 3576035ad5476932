package console

import "github.com/clarion-clp/clarion/engine"

// DiaryMade waits until the year ahead has been worked out.
func (c *Console) DiaryMade() {
	c.almanac.mu.Lock()
	busy := c.almanac.busy
	c.almanac.mu.Unlock()
	if busy != nil {
		<-busy
	}
}

// DiaryOf begins to work out the year ahead from a look, drops it at once, and
// says whether anything of it is there when the making has ended; with late, the
// look was had before the drop, and the making is asked for after it.
func DiaryOf(l *engine.Look, late bool) bool {
	a := &almanac{}
	age := a.now()
	if late {
		a.drop()
	}
	a.forecast(l, age)
	a.mu.Lock()
	busy := a.busy
	a.mu.Unlock()
	if !late {
		a.drop()
	}
	if busy != nil {
		<-busy
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.idle.Stop()
	return a.ready || a.set != nil
}

// MayChangeOf reports whether a seat may change a playbook of a role.
func MayChangeOf(l *engine.Look, s engine.Seat, role string) bool {
	v := &visit{Seat: s, seen: l}
	return v.mayFor(maySettings, role) && v.mayFor(mayTrust, role)
}
