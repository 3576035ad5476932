// Package console serves the pages of the program: what the links in letters
// lead to, and what officers work with. The pages are made on the server, over
// the verbs of the engine, and work without scripts; the links in letters work
// without cookies, too.
//
//	/u/TOKEN        whom a letter went to wants no more of its kind
//	/a/TOKEN        an officer answers the tasks of a message
//	/r/TOKEN        an officer says yes or no to the letters of a message
//	/s/TOKEN        Secretary or Chair stops letters to which somebody said yes
//	/sign-in        an officer asks for a link, which comes by mail
//	/sign-in/TOKEN  signs in, once
//	/               and all else: for who is signed in
//
// A visit is one request of somebody who is signed in (visit.go). Each area
// registers its pages with seated, needs or freshly, which find who it is, what
// they may do (rights.go) and the constituency as it is now; it answers with
// page, done, fail or gone.
//
// Promises
//
//   - No page without a session, whichever computer asks for it; who holds no
//     role any more is signed out with the next page.
//   - Who asks for a link to sign in learns nothing of who is an officer.
//   - A sign-in ends after half an hour without a page, after twelve hours, and
//     with signing out; what is sensitive wants one of the last ten minutes.
//   - Opening a link changes nothing: GET and HEAD only look, since programs that
//     scan mail for viruses follow every link before anybody has read it. Only
//     POST changes something: a button, or the one click of RFC 8058.
//   - A token that does not hold gets one page, whatever is wrong with it.
//   - A page names nobody but to an officer, in the words of the officer's own
//     message; no page is kept by a browser or listed by a search engine.
//   - Neither tokens nor addresses are logged.
//   - Only who asks for a host of ours is answered: a page elsewhere cannot
//     reach a console on this computer by another name.
//   - What one sender, one token or all of them together may ask for is bounded,
//     and so is the memory that it takes to know.
package console

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/alexedwards/scs/v2"
	"golang.org/x/net/netutil"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// How long a reader may take, and how much there may be of everything.
const (
	mostConnections = 200
	mostHeader      = 16 << 10
	mostBody        = 4 << 10         // of what comes with a link
	mostForm        = 64 << 10        // of a form of who is signed in
	mostUpload      = 5 * time.Minute // for a file, over a slow line
	mostAtOnce      = 4               // verbs of the engine
	mostRead        = 10 * time.Second
	mostWrite       = 30 * time.Second
	mostIdle        = time.Minute
	goodbye         = 5 * time.Second // for pages that are being made when the program stops
)

// Options are what a Console needs from outside.
type Options struct {
	Web    playbook.Web
	Folder string // of the constituency, from which the certificate's files are named
	// Engine gives the constituency as it is now: its settings may have been
	// read anew. It is called by many goroutines at a time.
	Engine func() *engine.Engine
	// Renew reads the settings anew, after a page has written into them; nil: they
	// are read with the next pass.
	Renew func() error
	// Passed says what the daemon's last pass came to; nil, or giving nil: there is
	// no daemon in this program, or it has made none yet.
	Passed func() *Passed
	Now    func() time.Time // the clock of sign-ins; nil: that of this computer
	Log    *slog.Logger     // may be nil
}

// A Console listens on an address.
type Console struct {
	Options
	listener net.Listener
	server   *http.Server
	hosts    map[string]bool
	busy     chan struct{}
	remotes  *limiter
	tokens   *limiter
	seats    *limiter // those who are signed in
	typed    *limiter // addresses to which a link is asked for
	askers   *limiter // who asks for one, and all of them together
	letters  *limiter
	sessions *scs.SessionManager
	known    memory
	sight    sight
	almanac  almanac
	uploads  *uploads // files that somebody brought and has not decided about
	lying    lying    // files in the folder that were not taken
	health   memo[mailPage]
	mux      *http.ServeMux
	rooms    map[string]int64 // by the pattern of a page: how much a form may hold
	post     sync.WaitGroup   // links that are being mailed
}

// Open begins to listen. What comes meanwhile waits for Serve.
func Open(o Options) (*Console, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	crypt, err := o.crypt()
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", o.Web.Listen)
	if err != nil {
		return nil, noListening(o.Web.Listen, err)
	}
	c := &Console{Options: o, listener: netutil.LimitListener(l, mostConnections), busy: make(chan struct{}, mostAtOnce),
		remotes: newLimiter(60, time.Second), tokens: newLimiter(20, 6*time.Second), seats: newLimiter(300, 100*time.Millisecond),
		typed: newLimiter(3, 5*time.Minute), askers: newLimiter(15, time.Minute), letters: newLimiter(30, time.Minute), rooms: map[string]int64{}}
	c.hosts = c.ownHosts(l.Addr())
	c.sessions = c.newSessions()
	c.sight.also = func() { c.health.let(); c.lying.let() }
	c.server = &http.Server{
		Handler: c.guarded(c.pages()), TLSConfig: crypt, MaxHeaderBytes: mostHeader,
		ReadHeaderTimeout: mostRead, ReadTimeout: mostRead, WriteTimeout: mostWrite, IdleTimeout: mostIdle,
		ErrorLog: log.New(io.Discard, "", 0), // it would name who came
	}
	return c, nil
}

// noListening says why nothing can listen on an address.
func noListening(address string, err error) error {
	const where = "write another under web: listen: in constituency.yaml"
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("%s is taken: another program listens there. Stop it, or %s%w", address, where, silent{err})
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return fmt.Errorf("%s is no address of this computer; %s", address, where)
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("the system does not let this program listen on %s; %s, with a port above 1023", address, where)
	}
	return fmt.Errorf("listening on %s: %w; %s", address, err, where)
}

// A silent error is there to be asked for, and says nothing.
type silent struct{ error }

func (silent) Error() string   { return "" }
func (s silent) Unwrap() error { return s.error }

// Address is where it listens.
func (c *Console) Address() string { return c.listener.Addr().String() }

// Close stops listening, where Serve was never called.
func (c *Console) Close() error { return c.listener.Close() }

// Serve answers until the context ends, and finishes the pages that it has begun.
func (c *Console) Serve(ctx context.Context) error {
	ended := make(chan error, 1)
	go func() {
		if c.server.TLSConfig != nil {
			ended <- c.server.ServeTLS(c.listener, "", "")
			return
		}
		ended <- c.server.Serve(c.listener)
	}()
	select {
	case err := <-ended:
		return fmt.Errorf("listening on %s: %w", c.Address(), err)
	case <-ctx.Done():
	}
	going, cancel := context.WithTimeout(context.WithoutCancel(ctx), goodbye)
	defer cancel()
	if err := c.server.Shutdown(going); err != nil {
		c.server.Close() // somebody takes too long
	}
	<-ended
	c.post.Wait()
	return nil
}

// now is the moment by the clock of sign-ins.
func (c *Console) now() time.Time { return c.Now() }

// ownHosts are the hosts that are asked for: the public one, and this computer by
// the address that is listened on.
func (c *Console) ownHosts(at net.Addr) map[string]bool {
	hosts := map[string]bool{strings.ToLower(c.Web.Listen): true, at.String(): true}
	if h := playbook.PublicHost(c.Web.Public); h != "" {
		hosts[h] = true
		hosts[strings.TrimSuffix(h, ":443")] = true
	}
	if tcp, ok := at.(*net.TCPAddr); ok {
		for _, name := range []string{"localhost", "127.0.0.1", "::1"} {
			hosts[net.JoinHostPort(name, strconv.Itoa(tcp.Port))] = true
		}
	}
	return hosts
}

// within gives the place of a file that the settings name.
func (o Options) within(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(o.Folder, name)
}
