package live

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
)

// gzipMagic begins what is compressed; no JSON begins like it.
var gzipMagic = []byte{0x1f, 0x8b}

// uncompressed returns what the body says, whether it comes compressed or not.
func uncompressed(body io.Reader) (io.Reader, error) {
	buffered := bufio.NewReader(body)
	if start, _ := buffered.Peek(len(gzipMagic)); !bytes.Equal(start, gzipMagic) {
		return buffered, nil
	}
	reader, err := gzip.NewReader(buffered)
	if err != nil {
		return nil, fmt.Errorf("compressed response: %w", err)
	}
	return reader, nil
}
