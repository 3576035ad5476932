package account

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clarion-clp/clarion/engine/lockfile"
)

func TestLogIn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(*provider)
		took   time.Duration
		want   string // the fault; empty: none
	}{
		{"typed in after two minutes", func(p *provider) { p.typed = time.Now().Add(2 * time.Minute) }, 2 * time.Minute, ""},
		{"told to ask less often", func(p *provider) { p.pause, p.typed = 8*time.Second, time.Now().Add(20*time.Second) }, 25 * time.Second, ""},
		{"answers that are lost", func(p *provider) {
			p.typed = time.Now().Add(time.Minute)
			time.AfterFunc(20*time.Second, func() { p.set(func(p *provider) { p.lost = 3 }) })
		}, time.Minute, ""},
		{"a provider in trouble", func(p *provider) {
			p.typed = time.Now().Add(time.Minute)
			p.upset = func(form map[string]string) any {
				if time.Since(p.issued) == 20*time.Second {
					return "<html>Try again</html>"
				}
				return nil
			}
		}, time.Minute, ""},
		{"refused", func(p *provider) { p.typed, p.refused = time.Now().Add(time.Minute), "access_denied" }, time.Minute, "was refused. Nothing was changed."},
		{"refused, in Microsoft's words", func(p *provider) { p.typed, p.refused = time.Now().Add(time.Minute), "authorization_declined" }, time.Minute, "was refused. Nothing was changed."},
		{"nobody typed it in", func(p *provider) {}, 15 * time.Minute, "Nobody typed the code in"},
		{"for an hour only", func(p *provider) { p.typed, p.brief = time.Now().Add(time.Minute), true }, time.Minute, "offline_access"},
		{"not for public clients", func(p *provider) { p.typed, p.refused = time.Now().Add(time.Minute), "invalid_client" }, time.Minute, "public client"},
		{"no such application", func(p *provider) {
			p.upset = func(map[string]string) any {
				return no("unauthorized_client", "AADSTS700016: the application was not found")
			}
		}, 0, "(unauthorized_client AADSTS700016)"},
		{"another kind of server", func(p *provider) { p.upset = func(map[string]string) any { return map[string]any{} } }, 0, "gave no code"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p := newProvider(t)
				c.change(p)
				folder := t.TempDir()
				file := filepath.Join(folder, "mail.token")
				var shown Code
				began := time.Now()
				err := LogIn(p.ctx(), file, registration(t), user, func(s Code) { shown = s })
				if took := time.Since(began); took < c.took || took > c.took+15*time.Second {
					t.Errorf("took %v, want %v", took, c.took)
				}
				if c.want != "" {
					var f *Fault
					if !errors.As(err, &f) || f.Temporary() || !strings.Contains(f.Text, c.want) || strings.Contains(f.Text, user) {
						t.Errorf("got %v, want %q", err, c.want)
					}
					if _, err := os.Stat(file); err == nil {
						t.Error("something was kept")
					}
					return
				}
				must(t, err)
				if shown.Page != "https://example.org/device" || shown.Code != "ABCD-EFGH" || !shown.Until.Equal(began.Add(15*time.Minute)) {
					t.Errorf("shown %+v", shown)
				}
				alone(t, folder, "mail.token", "mail.token.lock")
				a, err := Open(file)
				must(t, err)
				if token, err := a.Token(p.ctx()); token != "access-1" || err != nil || a.User() != user {
					t.Errorf("%q for %q, %v", token, a.User(), err)
				}
			})
		})
	}
}

// TestLogInStops: the context ends the waiting, and a log-in from before holds.
func TestLogInStops(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newProvider(t)
		a, file := loggedIn(t, p)
		p.set(func(p *provider) { p.typed = time.Time{} })
		ctx, stop := context.WithTimeout(p.ctx(), time.Minute)
		defer stop()
		if err := LogIn(ctx, file, registration(t), user, func(Code) {}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		if token, err := a.Token(p.ctx()); token != "access-1" || err != nil {
			t.Errorf("before and after: %q, %v", token, err)
		}
	})
}

// TestRenewing: a token is fetched when one is needed, once for all who need
// it, and what was replaced is not used again.
func TestRenewing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newProvider(t)
		first, file := loggedIn(t, p)
		programs := []*Account{first}
		for range 3 {
			a, err := Open(file)
			must(t, err)
			programs = append(programs, a)
		}
		for hours := range 5 {
			var all sync.WaitGroup
			for _, a := range programs {
				all.Go(func() {
					if token, err := a.Token(p.ctx()); err != nil || token == "" {
						t.Errorf("after %d hours: %q, %v", hours, token, err)
					}
				})
			}
			all.Wait()
			if n := p.count("grant_type:refresh_token"); n != hours {
				t.Errorf("renewed %d times in %d hours", n, hours)
			}
			<-time.After(time.Hour - time.Minute) // it holds for one minute more: too little to be used
		}
		alone(t, filepath.Dir(file), "mail.token", "mail.token.lock")
	})
}

// TestTheEndOfALogIn: what has ended needs a person, nothing of it is lost, and
// logging in again is enough.
func TestTheEndOfALogIn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name      string
		change    func(*provider)
		temporary bool
		want      string
	}{
		{"expired", func(p *provider) { p.ended = true }, false, "has ended (invalid_grant AADSTS700082): it has expired, or was withdrawn. Letters wait and nothing is lost. Log in again: clarion mail login."},
		{"a person is wanted", func(p *provider) {
			p.upset = func(map[string]string) any {
				return no("interaction_required", "AADSTS50076: use multi-factor authentication")
			}
		}, false, "(interaction_required AADSTS50076)"},
		{"the application is gone", func(p *provider) {
			p.upset = func(map[string]string) any { return no("unauthorized_client", "AADSTS700016") }
		}, false, "does not know, or does not allow, the application"},
		{"in trouble", func(p *provider) { p.upset = func(map[string]string) any { return "<html>later</html>" } }, true, "could not log us in just now"},
		{"in trouble, and says so", func(p *provider) { p.upset = func(map[string]string) any { return no("temporarily_unavailable", "") } }, true, "(temporarily_unavailable)"},
		{"no answer", func(p *provider) { p.lost = 100 }, true, "cannot be reached: it closed the connection."},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p := newProvider(t)
				a, file := loggedIn(t, p)
				before, err := os.ReadFile(file)
				must(t, err)
				<-time.After(2 * time.Hour)
				p.set(c.change)
				_, err = a.Token(p.ctx())
				var f *Fault
				if !errors.As(err, &f) || f.Temporary() != c.temporary || !strings.Contains(f.Text, c.want) {
					t.Errorf("got %v, want %q", err, c.want)
				}
				for _, secret := range []string{user, "refresh-", "access-", "localhost", filepath.Dir(file)} {
					if strings.Contains(err.Error(), secret) {
						t.Errorf("%q says too much", err)
					}
				}
				if after, err := os.ReadFile(file); err != nil || string(after) != string(before) {
					t.Errorf("the file is another, %v", err)
				}
				p.set(func(p *provider) { p.ended, p.upset, p.lost, p.typed = false, nil, 0, time.Now() })
				must(t, LogIn(p.ctx(), file, a.Registration(), user, func(Code) {}))
				if token, err := a.Token(p.ctx()); err != nil || token != "access-2" {
					t.Errorf("logged in again: %q, %v", token, err)
				}
			})
		})
	}
}

func TestFiles(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newProvider(t)
		_, file := loggedIn(t, p)
		good, err := os.ReadFile(file)
		must(t, err)
		for _, c := range []struct {
			name, content string
			mode          os.FileMode
			want          string
		}{
			{"readable by others", string(good), 0o640, "Others on this computer can read"},
			{"cut off", string(good[:len(good)/2]), 0o600, "is damaged"},
			{"empty", "", 0o600, "is damaged"},
			{"sent elsewhere", strings.ReplaceAll(string(good), "http://localhost", "http://example.org"), 0o600, "is damaged"},
			{"no refresh token", strings.ReplaceAll(string(good), "refresh-1", ""), 0o600, "is damaged"},
			{"as it was", string(good), 0o600, ""},
		} {
			must(t, os.WriteFile(file, []byte(c.content), 0o600))
			must(t, os.Chmod(file, c.mode))
			_, err := Open(file)
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("%s: %v", c.name, err)
			}
		}
		if _, err := Open(filepath.Join(t.TempDir(), "none")); err == nil || !strings.Contains(err.Error(), "is not logged in: clarion mail login") {
			t.Errorf("no file: %v", err)
		}
	})
}

// TestTheLockOfAnother: while another process renews, we wait for it; not for
// ever.
func TestTheLockOfAnother(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newProvider(t)
		a, file := loggedIn(t, p)
		<-time.After(2 * time.Hour)
		other, err := os.OpenFile(file+".lock", os.O_RDWR, 0o600)
		must(t, err)
		defer other.Close()
		must(t, lockfile.Take(other))
		began := time.Now()
		var f *Fault
		if _, err := a.Token(p.ctx()); !errors.As(err, &f) || !f.Temporary() || time.Since(began) < time.Minute {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
		time.AfterFunc(10*time.Second, func() { other.Close() })
		if token, err := a.Token(p.ctx()); token != "access-2" || err != nil {
			t.Errorf("%q, %v", token, err)
		}
	})
}

func TestMicrosoft(t *testing.T) {
	t.Parallel()
	r, err := Microsoft(MicrosoftAuthority, "clp.example.org", clientID)
	if err != nil || r.TokenURL != "https://login.microsoftonline.com/clp.example.org/oauth2/v2.0/token" || r.DeviceURL != "https://login.microsoftonline.com/clp.example.org/oauth2/v2.0/devicecode" {
		t.Errorf("%+v, %v", r, err)
	}
	for _, c := range [][3]string{{"http://login.example.org", "organizations", clientID}, {MicrosoftAuthority, "", clientID}, {MicrosoftAuthority, "..", clientID},
		{MicrosoftAuthority, "a/b", clientID}, {MicrosoftAuthority, "organizations", ""}, {MicrosoftAuthority, "organizations", "my party"}, {"ftp://localhost", "organizations", clientID}, {"", "organizations", clientID}} {
		if r, err := Microsoft(c[0], c[1], c[2]); err == nil {
			t.Errorf("%v is taken: %+v", c, r)
		}
	}
}

func TestKeepPassword(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	file := filepath.Join(folder, "smtp.password")
	must(t, os.WriteFile(file, []byte("old"), 0o644))
	must(t, KeepPassword(file, " abcd efgh ijkl mnop ", false))
	if b, err := os.ReadFile(file); string(b) != "abcdefghijklmnop\n" || err != nil {
		t.Errorf("%q, %v", b, err)
	}
	alone(t, folder, "smtp.password")
	must(t, KeepPassword(file, "two words", true))
	if b, _ := os.ReadFile(file); string(b) != "two words\n" {
		t.Errorf("%q", b)
	}
	for _, bad := range []string{"", "  ", "a\nb", "a\x00b"} {
		if err := KeepPassword(file, bad, len(bad) > 2); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
	if err := KeepPassword(filepath.Join(folder, "none", "x"), "abc", false); err == nil || strings.Contains(err.Error(), folder) {
		t.Errorf("no folder: %v", err)
	}
}
