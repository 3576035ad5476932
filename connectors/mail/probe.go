package mail

import (
	"context"
	"crypto/tls"
	"errors"
)

// Probe reaches the server, encrypts and logs in, as before a letter from
// sender, and gives the version of TLS; empty: in the open. Its error is a
// sentence that says at which of these it stopped.
func (s *SMTP) Probe(ctx context.Context, sender string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drop()
	if out, ok := s.connect(ctx, sender); !ok {
		return "", errors.New(out.Text)
	}
	state, err := s.client.GetTLSConnectionState()
	if err != nil {
		return "", nil // in the open: connect has seen to it that this may be
	}
	return tls.VersionName(state.Version), nil
}
