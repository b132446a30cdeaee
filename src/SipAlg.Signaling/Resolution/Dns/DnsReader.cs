using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace SipAlg.Signaling.Resolution.Dns;

/// <summary>Reads the fields of a DNS message; false where the octets end or say what cannot be.</summary>
internal ref struct DnsReader(ReadOnlySpan<byte> message)
{
    private readonly ReadOnlySpan<byte> _message = message;

    /// <summary>Where the next field begins.</summary>
    public int At { get; set; }

    public bool TryOctets(int length, out ReadOnlySpan<byte> octets)
    {
        if (length < 0 || length > _message.Length - At)
        {
            octets = default;
            return false;
        }

        octets = _message.Slice(At, length);
        At += length;
        return true;
    }

    public bool TryUInt16(out ushort value)
    {
        var isThere = TryOctets(2, out var octets);
        value = isThere ? BinaryPrimitives.ReadUInt16BigEndian(octets) : (ushort)0;
        return isThere;
    }

    public bool TryUInt32(out uint value)
    {
        var isThere = TryOctets(4, out var octets);
        value = isThere ? BinaryPrimitives.ReadUInt32BigEndian(octets) : 0;
        return isThere;
    }

    /// <summary>RFC 1035 §3.3 character-string.</summary>
    public bool TryText(out string text)
    {
        text = "";
        if (!TryOctets(1, out var length) || !TryOctets(length[0], out var octets))
        {
            return false;
        }

        text = Encoding.Latin1.GetString(octets);
        return true;
    }

    /// <summary>
    /// RFC 1035 §4.1.4: a name, its end perhaps elsewhere in the message. A pointer has to lead to before the run of labels that it
    /// ends, so that there is an end to them.
    /// </summary>
    public bool TryName(out string name)
    {
        name = "";
        var text = new StringBuilder();
        var (at, run, after, length) = (At, At, -1, 1);
        while (at < _message.Length)
        {
            int size = _message[at];
            if (size == 0)
            {
                At = after < 0 ? at + 1 : after;
                name = text.ToString();
                return true;
            }

            if (size >= 0xC0)
            {
                if (at + 1 >= _message.Length)
                {
                    return false;
                }

                var target = ((size & 0x3F) << 8) | _message[at + 1];
                after = after < 0 ? at + 2 : after;
                if (target >= run)
                {
                    return false;
                }

                at = run = target;
                continue;
            }

            length += size + 1;
            if (size > DnsName.MaxLabel || length > DnsName.MaxLength || at + 1 + size > _message.Length)
            {
                return false;
            }

            Append(text, _message.Slice(at + 1, size));
            at += size + 1;
        }

        return false;
    }

    private static void Append(StringBuilder text, ReadOnlySpan<byte> label)
    {
        if (text.Length > 0)
        {
            text.Append('.');
        }

        foreach (var octet in label)
        {
            if (octet is <= (byte)' ' or > (byte)'~' or (byte)'.' or (byte)'\\')
            {
                text.Append('\\').Append(octet.ToString("D3", CultureInfo.InvariantCulture));
            }
            else
            {
                text.Append(char.ToLowerInvariant((char)octet));
            }
        }
    }
}
