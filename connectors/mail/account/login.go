package account

import (
	"context"
	"errors"
	"time"

	"golang.org/x/oauth2"

	"github.com/clarion-clp/clarion/connectors/mail/internal/wire"
)

// aCode is how long a code is good if the provider does not say.
const aCode = 15 * time.Minute

// A Code is what a person types in on the provider's page.
type Code struct {
	Page  string // where
	Code  string
	Until time.Time
}

// LogIn asks the provider for a code, shows it, waits until a person has typed
// it in and logged in as user, and keeps the log-in in a file. If it fails, the
// file is as it was.
func LogIn(ctx context.Context, file string, r Registration, user string, show func(Code)) error {
	if err := r.check(); err != nil {
		return err
	}
	ctx = asking(ctx)
	config := r.config()
	device, err := config.DeviceAuth(ctx)
	if err != nil {
		return refused(ctx, err)
	}
	if device.DeviceCode == "" || device.UserCode == "" || device.VerificationURI == "" {
		return &Fault{Text: "The provider gave no code to log in with: is this the address of its log-in?"}
	}
	if device.Expiry.IsZero() {
		device.Expiry = time.Now().Add(aCode)
	}
	show(Code{wire.Line(device.VerificationURI, 200), wire.Line(device.UserCode, 40), device.Expiry})
	token, err := typedIn(ctx, config, device)
	if err != nil {
		return err
	}
	if token.RefreshToken == "" {
		return &Fault{Text: "The provider gave a log-in for one hour only (no refresh token): let the application that was registered keep access (offline_access)."}
	}
	unlock, err := lock(ctx, file)
	if err != nil {
		return err
	}
	defer unlock()
	return write(file, kept{Registration: r, User: user, Since: time.Now().UTC().Truncate(time.Second), Token: *token})
}

// typedIn waits until a person has typed the code in. A line that is lost
// meanwhile is no reason to begin again.
func typedIn(ctx context.Context, config *oauth2.Config, device *oauth2.DeviceAuthResponse) (*oauth2.Token, error) {
	for {
		token, err := config.DeviceAccessToken(ctx, device)
		var said *oauth2.RetrieveError
		switch {
		case err == nil:
			return token, nil
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case !time.Now().Before(device.Expiry):
			return nil, tooLate()
		case errors.As(err, &said) && !passing(said):
			switch said.ErrorCode {
			case "expired_token", "code_expired":
				return nil, tooLate()
			case "access_denied", "authorization_declined":
				return nil, &Fault{Text: "On the provider's page the log-in was refused. Nothing was changed."}
			}
			return nil, refused(ctx, err)
		}
	}
}

func tooLate() error {
	return &Fault{Text: "Nobody typed the code in while it held. Nothing was changed; begin again: clarion mail login."}
}
