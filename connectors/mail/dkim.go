package mail

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"net/textproto"
	"strings"

	"github.com/emersion/go-msgauth/dkim"
)

// A Signer signs messages, so that their receivers can see whose they are and
// that nobody changed them (DKIM, RFC 6376).
type Signer struct {
	domain, selector string
	key              crypto.Signer
}

// leastRSA is how many bits an RSA key has at least: receivers pass over
// signatures with fewer.
const leastRSA = 2048

// NewSigner makes a signer of a domain with a private key, an RSA or Ed25519 one
// in PEM. Its public half is to be published under the selector, as Record says.
func NewSigner(domain, selector string, key []byte) (*Signer, error) {
	private, err := readKey(key)
	if err != nil {
		return nil, err
	}
	switch k := private.(type) {
	case *rsa.PrivateKey:
		if n := k.N.BitLen(); n < leastRSA {
			return nil, fmt.Errorf("the key has %d bits, and receivers pass over signatures with fewer than %d: make a new one", n, leastRSA)
		}
		return &Signer{domain, selector, k}, nil
	case ed25519.PrivateKey:
		return &Signer{domain, selector, k}, nil
	}
	return nil, errors.New("the key is neither an RSA nor an Ed25519 key, and letters cannot be signed with any other")
}

func readKey(data []byte) (any, error) {
	block, _ := pem.Decode(data)
	switch {
	case block == nil:
		return nil, errors.New("the file holds no key: it must begin with -----BEGIN PRIVATE KEY-----")
	case strings.Contains(block.Type, "ENCRYPTED") || block.Headers["DEK-Info"] != "":
		return nil, errors.New("the key is locked with a password, and letters are signed when nobody is there to type it: keep the key without one, in a file that only you can read")
	case strings.Contains(block.Type, "PUBLIC"):
		return nil, errors.New("the file holds the public key; signing needs the private one")
	}
	if key, err := x509.ParsePKCS8PrivateKey(block.Bytes); err == nil {
		return key, nil
	}
	if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return key, nil
	}
	return nil, errors.New("the key cannot be read: it must be an RSA or Ed25519 private key in PEM")
}

// signed are the fields that a signature covers, where the message has them.
// RFC 8058 wants those by which a reader leaves.
var signed = []string{"From", "To", "Reply-To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "List-Unsubscribe", "List-Unsubscribe-Post",
	"Auto-Submitted", "MIME-Version", "Content-Type"}

// Sign puts the signature before a message. From is covered twice, so that
// nobody can add a second one.
func (s *Signer) Sign(message []byte) ([]byte, error) {
	keys := []string{"From"}
	head, _, _ := bytes.Cut(message, []byte("\r\n\r\n"))
	for line := range bytes.SplitSeq(head, []byte("\r\n")) {
		name, _, _ := bytes.Cut(line, []byte(":"))
		for _, k := range signed {
			if textproto.CanonicalMIMEHeaderKey(string(name)) == textproto.CanonicalMIMEHeaderKey(k) {
				keys = append(keys, k)
			}
		}
	}
	var out bytes.Buffer
	err := dkim.Sign(&out, bytes.NewReader(message), &dkim.SignOptions{Domain: s.domain, Selector: s.selector, Signer: s.key, HeaderKeys: keys,
		HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed})
	if err != nil {
		return nil, fmt.Errorf("signing the message: %w", err)
	}
	return out.Bytes(), nil
}

// Record is what must be published for the signatures to be believed: a TXT
// record of that name with that text.
func (s *Signer) Record() (name, text string) {
	kind, public := "rsa", []byte(nil)
	switch k := s.key.Public().(type) {
	case ed25519.PublicKey:
		kind, public = "ed25519", k
	case *rsa.PublicKey:
		public, _ = x509.MarshalPKIXPublicKey(k) // of a key that was read, it cannot fail
	}
	return s.selector + "._domainkey." + s.domain, "v=DKIM1; k=" + kind + "; p=" + base64.StdEncoding.EncodeToString(public)
}
