package console

import (
	"hash/maphash"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"
)

// A limiter lets each key do something so often in a row, and then as often as
// time refills it. It has room for a fixed number of keys and forgets none: two
// that fall together, by a hash that nobody outside can work out, share what
// they may do.
type limiter struct {
	most   float64
	refill time.Duration // for one more
	seed   maphash.Seed

	mu    sync.Mutex
	cells [4096]struct {
		left float64
		at   time.Time
	}
}

func newLimiter(most int, refill time.Duration) *limiter {
	return &limiter{most: float64(most), refill: refill, seed: maphash.MakeSeed()}
}

// allows reports whether a key may do it once more at a moment.
func (l *limiter) allows(key string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	c := &l.cells[maphash.String(l.seed, key)%uint64(len(l.cells))]
	if c.at.IsZero() {
		c.left = l.most
	} else if passed := now.Sub(c.at); passed > 0 {
		c.left = min(l.most, c.left+float64(passed)/float64(l.refill))
	}
	c.at = now
	if c.left < 1 {
		return false
	}
	c.left--
	return true
}

// remote is who asks: an address, or the network of one that gives each of its
// computers a great many. A proxy says for whom it asks in the last place, which
// is the one that it wrote itself.
func (c *Console) remote(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	if all := r.Header.Values("X-Forwarded-For"); c.Web.BehindProxy && len(all) > 0 {
		last := all[len(all)-1]
		host = strings.TrimSpace(last[strings.LastIndexByte(last, ',')+1:])
	}
	a, err := netip.ParseAddr(host)
	if err != nil {
		return "unknown"
	}
	if a = a.Unmap().WithZone(""); a.Is6() {
		p, _ := a.Prefix(64) // 64 is within an address of 128
		return p.String()
	}
	return a.String()
}
