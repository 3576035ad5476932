package console

import (
	"crypto/tls"
	"time"
)

// Renewing gives the certificate that is shown at a moment.
func Renewing(o Options) (func(now time.Time) *tls.Certificate, error) {
	c, err := o.certificate()
	if err != nil {
		return nil, err
	}
	return c.current, nil
}
