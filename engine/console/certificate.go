package console

import (
	"crypto/tls"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"
)

// look is how often the files of the certificate are looked at again: it is
// renewed every few weeks while the program runs.
const look = time.Minute

// A certificate is read from its files, and again when they have changed.
type certificate struct {
	chain, key string

	mu     sync.Mutex
	held   *tls.Certificate
	of     string // the sizes and times of the files it was read from
	looked time.Time
}

// crypt is how connections are encrypted; nothing where they are not.
func (o Options) crypt() (*tls.Config, error) {
	if o.Web.Certificate == "" {
		return nil, nil
	}
	c, err := o.certificate()
	if err != nil {
		return nil, err
	}
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
		return c.current(time.Now()), nil
	}}, nil
}

// certificate reads the files that the settings name.
func (o Options) certificate() (*certificate, error) {
	c := &certificate{chain: o.within(o.Web.Certificate), key: o.within(o.Web.Key)}
	if err := private(c.key); err != nil {
		return nil, err
	}
	return c, c.read()
}

// private refuses the file of a key that others on this computer can read.
func private(name string) error {
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return fmt.Errorf("the key of the certificate cannot be used: %w. Name it under web: key: in constituency.yaml", err)
	case info.Mode().Perm()&0o077 != 0 && runtime.GOOS != "windows":
		return fmt.Errorf("others on this computer can read the key of the certificate. Make it yours alone: chmod 600 %s", filepath.Base(name))
	}
	return nil
}

// read reads the files.
func (c *certificate) read() error {
	pair, err := tls.LoadX509KeyPair(c.chain, c.key)
	if err != nil {
		return fmt.Errorf("the certificate cannot be used: %w. Look at the files that web: names in constituency.yaml", err)
	}
	c.held, c.of = &pair, stamps(c.chain, c.key)
	return nil
}

// current is the certificate as its files have it. Files that are half renewed,
// or are no longer fit to be used, leave the old one in place.
func (c *certificate) current(now time.Time) *tls.Certificate {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now.Sub(c.looked) >= look {
		c.looked = now
		if stamps(c.chain, c.key) != c.of && private(c.key) == nil {
			_ = c.read()
		}
	}
	return c.held
}

// stamps stand for what files hold.
func stamps(names ...string) string {
	out := ""
	for _, name := range names {
		if i, err := os.Stat(name); err == nil {
			out += fmt.Sprintf("%d %d ", i.Size(), i.ModTime().UnixNano())
		}
	}
	return out
}
