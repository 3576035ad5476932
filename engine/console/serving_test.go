package console_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"math"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine/console"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/engine/store"
)

// TestAtTheSameTime: pages are served while the daemon imports, plans and sends,
// and while other pages are; each wish is done once.
func TestAtTheSameTime(t *testing.T) {
	t.Parallel()
	h := newHouse(t, playbook.Web{BehindProxy: true})
	before := h.changes()
	letters, tasks := h.sent("service"), h.link(store.ToAnswer, h.sent("officer")[0].ID)
	body := "task=1&answer=done"
	if _, label, ok := strings.Cut(h.ask("GET", tasks, "").body, `name="answer" value="`); ok {
		label, _, _ = strings.Cut(label, `"`)
		body = "task=1&answer=" + strings.ReplaceAll(label, " ", "+")
	}
	var all sync.WaitGroup
	for i := range 12 {
		sender := with("X-Forwarded-For", "192.0.2."+strconv.Itoa(i))
		leave := h.link(store.ToUnsubscribe, letters[i%3].ID)
		all.Go(func() {
			if a := h.ask("POST", leave, oneClick, sender); a.StatusCode != 200 {
				t.Errorf("unsubscribing: %d", a.StatusCode)
			}
			if a := h.ask("POST", tasks, body, sender); a.StatusCode != 303 {
				t.Errorf("answering: %d\n%s", a.StatusCode, a.body)
			}
		})
	}
	all.Go(h.run)
	all.Wait()
	for _, m := range letters {
		if !h.marketing(m) {
			t.Errorf("message %d: marketing goes on", m.ID)
		}
	}
	if n := h.changes() - before; n < 4 || n > 12 { // four wishes, and what the pass wrote
		t.Errorf("%d changes", n)
	}
}

// TestItStops in good order: a page that is being sent is sent, and nothing comes
// after it.
func TestItStops(t *testing.T) {
	t.Parallel()
	h := newHouse(t, playbook.Web{})
	c, err := console.Open(console.Options{Web: playbook.Web{Listen: "127.0.0.1:0"}, Engine: h.now})
	h.must(err)
	going, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- c.Serve(going) }()
	conn, err := net.Dial("tcp", c.Address())
	h.must(err)
	defer conn.Close()
	_, err = fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n",
		h.link(store.ToUnsubscribe, h.sent("service")[0].ID), c.Address(), len(oneClick))
	h.must(err)
	_, err = io.WriteString(conn, oneClick[:5])
	h.must(err)
	go stop()
	_, err = io.WriteString(conn, oneClick[5:])
	h.must(err)
	// Whether it was begun before the stop or refused after it, no half of it is done.
	answer, _ := io.ReadAll(conn)
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if done := strings.Contains(string(answer), "These letters have stopped"); done != h.marketing(h.sent("service")[0]) {
		t.Errorf("it was done: %t, and this was said: %s", !done, answer)
	}
	if _, err := net.Dial("tcp", c.Address()); err == nil {
		t.Error("it still listens")
	}
}

// issue writes a certificate and its key.
func issue(t *testing.T, folder string, serial int64) (*x509.Certificate, playbook.Web) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{SerialNumber: big.NewInt(serial), NotAfter: time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, form, form, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{"web.pem": {Type: "CERTIFICATE", Bytes: der}, "web.key": {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(filepath.Join(folder, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	made, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return made, playbook.Web{Listen: "127.0.0.1:0", Certificate: "web.pem", Key: "web.key"}
}

// TestItsOwnCertificate encrypts; a key that others can read is refused, and so
// is one that is none.
func TestItsOwnCertificate(t *testing.T) {
	t.Parallel()
	h := newHouse(t, playbook.Web{})
	made, web := issue(t, h.folder, 1)
	key := filepath.Join(h.folder, "web.key")
	open := func() (*console.Console, error) {
		return console.Open(console.Options{Web: web, Folder: h.folder, Engine: h.now})
	}
	h.must(os.Chmod(key, 0o640))
	if _, err := open(); runtime.GOOS != "windows" && (err == nil || !strings.Contains(err.Error(), "chmod 600 web.key")) {
		t.Errorf("a key that others can read: %v", err)
	}
	h.must(os.Chmod(key, 0o600))
	c, err := open()
	h.must(err)
	going, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- c.Serve(going) }()
	roots := x509.NewCertPool()
	roots.AddCert(made)
	client := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MaxVersion: tls.VersionTLS12}, DisableKeepAlives: true}}
	res, err := client.Get("https://" + c.Address() + h.link(store.ToUnsubscribe, 1))
	h.must(err)
	res.Body.Close()
	if res.StatusCode != 200 || res.Header.Get("Strict-Transport-Security") == "" {
		t.Errorf("%d %v", res.StatusCode, res.Header)
	}
	stop()
	h.must(<-ended)
	h.must(os.WriteFile(key, []byte("no key"), 0o600))
	if _, err := open(); err == nil || strings.Contains(err.Error(), "no key") {
		t.Errorf("a key that is none: %v", err)
	}
	h.must(os.Remove(key))
	if _, err := open(); err == nil {
		t.Error("no key at all was taken")
	}
}

// TestARenewedCertificate is shown while the program runs, once its files belong
// together and are private again.
func TestARenewedCertificate(t *testing.T) {
	t.Parallel()
	folder, next := t.TempDir(), t.TempDir()
	_, web := issue(t, folder, 1)
	issue(t, next, 2)
	current, err := console.Renewing(console.Options{Web: web, Folder: folder})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	for _, step := range []struct {
		file string // that is renewed
		mode os.FileMode
		want int64
	}{{"", 0, 1}, {"web.pem", 0o600, 1}, {"web.key", 0o644, 1}, {"web.key", 0o600, 2}} {
		now = now.Add(2 * time.Minute)
		if step.file != "" {
			b, err := os.ReadFile(filepath.Join(next, step.file))
			if err == nil {
				err = os.WriteFile(filepath.Join(folder, step.file), b, step.mode)
			}
			if err == nil {
				err = os.Chmod(filepath.Join(folder, step.file), step.mode)
			}
			if err == nil {
				err = os.Chtimes(filepath.Join(folder, step.file), now, now) // two writes of one moment look alike
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if step.mode == 0o644 && runtime.GOOS == "windows" {
			continue
		}
		if got := current(now).Leaf.SerialNumber.Int64(); got != step.want {
			t.Errorf("with %s renewed, mode %o: number %d, want %d", step.file, step.mode, got, step.want)
		}
	}
}

// TestTheColoursCanBeRead: text stands out from what is behind it by 4.5 to 1, by
// day and by night, and nothing is smaller than 14 pixels.
func TestTheColoursCanBeRead(t *testing.T) {
	t.Parallel()
	sheet, err := os.ReadFile("pages/style.css")
	if err != nil {
		t.Fatal(err)
	}
	day, night, _ := strings.Cut(string(sheet), "prefers-color-scheme: dark")
	for name, part := range map[string]string{"day": day, "night": night} {
		colour := map[string]float64{}
		for _, m := range regexp.MustCompile(`--([a-z-]+): #([0-9a-f]{6});`).FindAllStringSubmatch(part, -1) {
			colour[m[1]] = light(t, m[2])
		}
		for _, pair := range [][2]string{{"ink", "paper"}, {"ink", "card"}, {"quiet", "paper"}, {"quiet", "card"}, {"act", "card"}, {"act-ink", "act"}, {"act-ink", "act-near"}, {"done", "card"}} {
			a, b := colour[pair[0]], colour[pair[1]]
			if ratio := (max(a, b) + 0.05) / (min(a, b) + 0.05); ratio < 4.5 {
				t.Errorf("by %s, %s on %s: %.1f to 1", name, pair[0], pair[1], ratio)
			}
		}
	}
	for _, m := range regexp.MustCompile(`font(?:-size)?: (?:[^;]*?)([0-9.]+)rem`).FindAllStringSubmatch(string(sheet), -1) {
		if rem, err := strconv.ParseFloat(m[1], 64); err != nil || rem*18 < 14 {
			t.Errorf("%s rem is too small", m[1])
		}
	}
}

// light is the relative luminance of a colour.
func light(t *testing.T, hex string) float64 {
	n, err := strconv.ParseUint(hex, 16, 32)
	if err != nil {
		t.Fatal(err)
	}
	part := func(shift int) float64 {
		c := float64(n>>shift&0xff) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*part(16) + 0.7152*part(8) + 0.0722*part(0)
}
