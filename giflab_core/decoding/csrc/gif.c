#include "gif.h"

#include <string.h>

enum { FULL_SIZE = 12, HEAD = 8, PIECE = 16 };

size_t gif_scan(const uint8_t *data, size_t size, size_t start, int *whole)
{
    size_t position = start;
    *whole = 0;
    while (position < size) {
        size_t length = data[position];
        position += length + 1;
        if (!length) {
            *whole = 1;
            break;
        }
    }
    return position;
}

size_t gif_join(const uint8_t *blocks, size_t size, uint8_t *out)
{
    size_t position = 0, joined = 0;
    while (position < size && blocks[position]) {
        size_t length = blocks[position++];
        if (length > size - position)
            length = size - position;
        memmove(out + joined, blocks + position, length);
        joined += length;
        position += length;
    }
    return joined;
}

static size_t number(const uint8_t *at)
{
    return at[0] | (size_t)at[1] << 8;
}

gif_reading gif_read_image(const uint8_t *data, size_t size, size_t start, int has_palette, gif_block *found)
{
    enum { CONTROL = 8, DESCRIPTOR = 10, EXTENSION = 0x21, LABEL = 0xf9, IMAGE = 0x2c };
    const uint8_t *at = data + start;
    if (start >= size)
        return GIF_MISSING;
    found->control = 0;
    if (*at == EXTENSION) {
        if (size - start < CONTROL)
            return GIF_MISSING;
        if (at[1] != LABEL || at[2] != 4 || at[7])
            return GIF_OTHER;
        found->control = start + 3;
        start += CONTROL;
        at += CONTROL;
    }
    if (start < size && *at != IMAGE)
        return GIF_OTHER;
    if (size - start < DESCRIPTOR)
        return GIF_MISSING;
    found->left = number(at + 1);
    found->top = number(at + 3);
    found->width = number(at + 5);
    found->height = number(at + 7);
    found->interlaced = (at[9] & 0x40) != 0;
    found->palette = start + DESCRIPTOR;
    found->n_palette = at[9] & 0x80 ? (size_t)3 << ((at[9] & 7) + 1) : 0;
    if (!found->width || !found->height || (!found->n_palette && !has_palette))
        return GIF_OTHER;
    start += DESCRIPTOR;
    if (size - start <= found->n_palette)
        return GIF_MISSING;
    start += found->n_palette;
    found->code_size = data[start];
    if (found->code_size < 1 || found->code_size > GIF_LARGEST_CODE_SIZE)
        return GIF_OTHER;
    found->data = start + 1;
    int whole;
    found->end = gif_scan(data, size, found->data, &whole);
    return whole ? GIF_READ : GIF_MISSING;
}

static uint64_t load(const uint8_t *from)
{
    uint64_t value;
    memcpy(&value, from, sizeof value);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    value = __builtin_bswap64(value);
#endif
    return value;
}

static void store(uint8_t *to, uint64_t value)
{
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    value = __builtin_bswap64(value);
#endif
    memcpy(to, &value, sizeof value);
}

/* Write a string whose further bytes stand at `from`, before `to`. Where there is room it is written in whole pieces, and
 * what that writes after its end is written over later. One that ends where `to` begins is longer by its own first byte,
 * which the first piece has written by the time it is read. */
static inline void write_string(uint8_t *to, const uint8_t *from, gif_string string, size_t room)
{
    const size_t length = string.length;
    if (room >= length + PIECE) {
        store(to, string.head);
        store(to + HEAD, load(from + HEAD));
        for (size_t place = PIECE; place < length; place += HEAD)
            store(to + place, load(from + place));
    } else {
        for (size_t place = 0; place < length && place < room; place++)
            to[place] = place < HEAD ? (uint8_t)(string.head >> 8 * place) : from[place];
    }
}

/* Bits that were read and not yet used, the lowest first. */
typedef struct {
    const uint8_t *next, *end;
    uint64_t bits;
    unsigned count;
} bit_reader;

static inline void refill(bit_reader *reader)
{
    if (reader->end - reader->next >= 8) {
        reader->bits |= load(reader->next) << reader->count;
        reader->next += (63 - reader->count) >> 3;
        reader->count |= 56;
    } else {
        while (reader->count <= 56 && reader->next < reader->end) {
            reader->bits |= (uint64_t)*reader->next++ << reader->count;
            reader->count += 8;
        }
    }
}

/* `last` with `first` after it. */
static inline gif_string longer(gif_string last, uint64_t first)
{
    if (last.length < HEAD)
        last.head |= (first & 255) << 8 * last.length;
    last.length++;
    return last;
}

gif_status gif_decompress(gif_tables *tables, const uint8_t *in, size_t n_in, unsigned code_size, uint8_t *out,
                          size_t n_out, size_t *written, uint8_t seen[256])
{
    gif_string *const strings = tables->strings;
    const unsigned clear = 1u << code_size, end = clear + 1;
    bit_reader reader = {in, in + n_in, 0, 0};
    unsigned size = code_size + 1, next = end + 1;
    size_t done = 0;
    gif_string last = {0, 0, 0}; /* no string before: at the start, and after a clear code */
    gif_status status = GIF_SHORT;

    for (unsigned code = 0; code < clear; code++)
        strings[code] = (gif_string){code & 255, 0, 1};
    strings[clear] = strings[end] = (gif_string){0, 0, 0};

    while (done < n_out) {
        if (reader.count < FULL_SIZE) {
            refill(&reader);
            if (reader.count < size)
                break;
        }
        const unsigned code = (unsigned)reader.bits & ((1u << size) - 1);
        reader.bits >>= size;
        reader.count -= size;

        gif_string string = strings[code];
        if (code >= next || !string.length || !last.length) {
            if (code == clear) {
                size = code_size + 1;
                next = end + 1;
                last.length = 0;
                continue;
            }
            if (code == end)
                break;
            if (code >= clear && (code != next || !last.length)) {
                status = GIF_BAD_CODE;
                break;
            }
            if (code >= clear) /* the entry that this very code makes: the string before, and its own first byte */
                string = longer(last, last.head);
        }
        seen[string.head & 255] = 1; /* every index stands first in its own string */

        /* What is written now follows the string before: both together hold the new entry. */
        if (last.length && next < GIF_CODES) {
            strings[next] = longer(last, string.head);
            if (++next == 1u << size && size < FULL_SIZE)
                size++;
        }

        const size_t room = n_out - done;
        write_string(out + done, out + string.offset, string, room);
        last = string;
        last.offset = (uint32_t)done;
        done += string.length < room ? string.length : room;
    }
    *written = done;
    return done == n_out ? GIF_WHOLE : status;
}

void gif_deinterlace(const uint8_t *in, uint8_t *out, size_t width, size_t height)
{
    static const struct { size_t first, step; } passes[] = {{0, 8}, {4, 8}, {2, 4}, {1, 2}};
    for (size_t pass = 0; pass < 4; pass++)
        for (size_t row = passes[pass].first; row < height; row += passes[pass].step) {
            memcpy(out + row * width, in, width);
            in += width;
        }
}

size_t gif_work_size(size_t n_blocks, size_t n_out, int interlaced)
{
    return sizeof(gif_tables) + n_blocks + (interlaced ? n_out : 0);
}

gif_status gif_decode(void *work, const uint8_t *blocks, size_t n_blocks, unsigned code_size, size_t width,
                      size_t height, int interlaced, uint8_t *out, size_t *written, uint8_t seen[256])
{
    gif_tables *const tables = work;
    uint8_t *const joined = (uint8_t *)(tables + 1), *const target = interlaced ? joined + n_blocks : out;
    const size_t n_joined = gif_join(blocks, n_blocks, joined);
    memset(seen, 0, 256);
    const gif_status status = gif_decompress(tables, joined, n_joined, code_size, target, width * height, written, seen);
    if (interlaced && status == GIF_WHOLE)
        gif_deinterlace(target, out, width, height);
    return status;
}

/* Eight pixels, whose indices are the bytes of a word, the first the lowest. Each is chosen without a jump: single
   transparent pixels cannot be predicted. */
static inline void paint_eight(uint64_t word, const uint32_t *restrict table, int transparent, uint32_t *restrict to)
{
    for (int pixel = 0; pixel < 8; pixel++) {
        const int index = (int)(word >> (8 * pixel) & 255);
        const uint32_t before = to[pixel], after = table[index];
        to[pixel] = index == transparent ? before : after;
    }
}

/* Whether all eight bytes of a word are alike. */
static inline int is_flat(uint64_t word)
{
    return word == (word >> 8 | word << 56);
}

static inline void fill_eight(uint32_t pixel, uint32_t *restrict to)
{
    for (int place = 0; place < 8; place++)
        to[place] = pixel;
}

void gif_paint(const uint8_t *in, size_t in_stride, size_t rows, size_t columns, const uint32_t table[256],
               int transparent, uint32_t *out, size_t out_stride)
{
    const uint64_t nothing = (uint64_t)transparent * 0x0101010101010101u; /* eight of them; only where there are some */
    if (!columns)
        return; /* the number of rows and the strides may then be anything */
    for (size_t row = 0; row < rows; row++) {
        const uint8_t *const from = in + row * in_stride;
        uint32_t *const to = out + row * out_stride;
        size_t column = 0;
        for (; columns - column >= 8; column += 8) {
            const uint64_t word = load(from + column);
            if (transparent >= 0 && word == nothing)
                continue;
            if (is_flat(word))
                fill_eight(table[word & 255], to + column);
            else if (transparent < 0)
                paint_eight(word, table, -1, to + column);
            else
                paint_eight(word, table, transparent, to + column);
        }
        for (; column < columns; column++)
            if (from[column] != transparent)
                to[column] = table[from[column]];
    }
}

static inline void translate_row(const uint8_t *restrict from, size_t columns, const uint8_t *restrict table,
                                 uint8_t *restrict to)
{
    size_t column = 0;
    for (; columns - column >= 8; column += 8) {
        const uint64_t word = load(from + column);
        if (is_flat(word))
            memset(to + column, table[word & 255], 8);
        else
            for (size_t place = column; place < column + 8; place++)
                to[place] = table[from[place]];
    }
    for (; column < columns; column++)
        to[column] = table[from[column]];
}

void gif_translate(const uint8_t *in, size_t in_stride, size_t rows, size_t columns, const uint8_t table[256],
                   int transparent, uint8_t *out, size_t out_stride)
{
    if (!columns)
        return;
    for (size_t row = 0; row < rows; row++) {
        const uint8_t *const from = in + row * in_stride;
        uint8_t *const to = out + row * out_stride;
        if (transparent < 0)
            translate_row(from, columns, table, to);
        else
            for (size_t column = 0; column < columns; column++)
            {
                const unsigned keep = 0u - (unsigned)(from[column] == transparent);
                to[column] = (uint8_t)((to[column] & keep) | (table[from[column]] & ~keep));
            }
    }
}
