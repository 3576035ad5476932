package store

import (
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"sync"
)

// The retention classes of files. A file of any other class is kept like a
// document. A personal file goes when the person it was made for is forgotten.
const (
	KeepDocument = "document" // a paper that was circulated
	KeepPersonal = "personal" // made for one person, or about one
)

// The codecs of stored bytes.
const (
	codecPlain   = 0
	codecDeflate = 1
)

// PutFile keeps bytes under their digest, once, and gives the digest.
func (t *Tx) PutFile(data []byte, mediaType, class string) (string, error) {
	sha := sha256Hex(data)
	var have int
	found, err := t.one(`select 1 from files where constituency = ? and sha256 = ? and erased is null`, []any{here, sha}, &have)
	if err != nil || found {
		return sha, explain("looking for a file", err)
	}
	body, codec := data, codecPlain
	packed, err := deflate(data)
	if err != nil {
		return "", explain("keeping a file", err)
	}
	if len(packed) < len(data)-len(data)/10 {
		body, codec = packed, codecDeflate
	}
	if body == nil {
		body = []byte{}
	}
	err = t.exec(`insert into files (constituency, sha256, media_type, class, size, codec, body, stored)
		values (?, ?, ?, ?, ?, ?, ?, ?)
		on conflict (constituency, sha256) do update set body = excluded.body, codec = excluded.codec,
		class = excluded.class, stored = excluded.stored, erased = null`,
		here, sha, mediaType, class, len(data), codec, body, t.s.options.Now().UnixMicro())
	return sha, explain("keeping a file", err)
}

// File gives the bytes kept under a digest and their media type. Bytes that no
// longer have that digest are an error.
func (t *Tx) File(sha string) ([]byte, string, error) {
	var body []byte
	var mediaType string
	var codec int
	found, err := t.one(`select body, codec, media_type from files
		where constituency = ? and sha256 = ? and erased is null`, []any{here, sha}, &body, &codec, &mediaType)
	if err != nil {
		return nil, "", explain("reading a file", err)
	}
	if !found {
		return nil, "", fmt.Errorf("reading the file %.12s: %w", sha, ErrNotFound)
	}
	if codec == codecDeflate {
		if body, err = inflate(body); err != nil {
			return nil, "", explain("unpacking a file", err)
		}
	}
	if sha256Hex(body) != sha {
		return nil, "", &Fault{What: fmt.Sprintf("the file %.12s is not what was stored", sha),
			Hint: "the database is damaged: run clarion restore with the last backup"}
	}
	return body, mediaType, nil
}

// compressors are kept because making one costs more than using it. Large
// things, such as the list of a whole country, are packed less well, and three
// times as fast.
var compressors, quickCompressors = compressorsOf(flate.DefaultCompression), compressorsOf(flate.BestSpeed)

func compressorsOf(level int) *sync.Pool {
	return &sync.Pool{New: func() any {
		w, err := flate.NewWriter(nil, level)
		if err != nil {
			panic(err) // the level is a constant
		}
		return w
	}}
}

// deflate packs bytes; nothing stays nothing.
func deflate(data []byte) ([]byte, error) {
	if len(data) == 0 {
		return nil, nil
	}
	const large = 8 << 20
	var out bytes.Buffer
	kept := compressors
	if len(data) > large {
		kept = quickCompressors
	}
	w := kept.Get().(*flate.Writer)
	defer kept.Put(w)
	w.Reset(&out)
	if _, err := w.Write(data); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// unpackers are kept, for a new one is larger than most of what it unpacks.
var unpackers = sync.Pool{New: func() any { return flate.NewReader(bytes.NewReader(nil)) }}

// inflate unpacks what deflate packed.
func inflate(data []byte) ([]byte, error) {
	if len(data) == 0 {
		return nil, nil
	}
	r := unpackers.Get().(io.Reader)
	defer unpackers.Put(r)
	if err := r.(flate.Resetter).Reset(bytes.NewReader(data), nil); err != nil {
		return nil, err
	}
	out := bytes.NewBuffer(make([]byte, 0, 5*len(data))) // tables are packed to about a fifth
	_, err := out.ReadFrom(r)
	return out.Bytes(), err
}

// sha256Hex is the digest of bytes as it is stored.
func sha256Hex(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
