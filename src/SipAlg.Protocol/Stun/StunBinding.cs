using System.Buffers.Binary;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Protocol.Stun;

/// <summary>
/// The one exchange of STUN (RFC 8489) that phones keep a flow alive with (RFC 5626 §3.5.2, §4.4.2): a Binding request, answered with
/// where it was seen to come from. Older phones (RFC 3489) have no cookie, and are told in the way that they know.
/// </summary>
public static class StunBinding
{
    /// <summary>Octets of the longest answer.</summary>
    public const int MaxLength = HeaderLength + 8 + 16;

    private const int HeaderLength = 20;
    private const ushort Request = 0x0001;
    private const ushort Success = 0x0101;
    private const ushort MappedAddress = 0x0001;
    private const ushort XorMappedAddress = 0x0020;
    private const ushort FirstOptional = 0x8000;
    private const uint Cookie = 0x2112A442;

    /// <summary>
    /// Whether this is a whole Binding request that can be answered: of a type that no SIP message begins with, as long as it says, and
    /// without attributes that would have to be understood (RFC 8489 §14).
    /// </summary>
    public static bool IsRequest(ReadOnlySpan<byte> octets)
    {
        if (octets.Length < HeaderLength || BinaryPrimitives.ReadUInt16BigEndian(octets) != Request ||
            BinaryPrimitives.ReadUInt16BigEndian(octets[2..]) != octets.Length - HeaderLength)
        {
            return false;
        }

        var rest = octets[HeaderLength..];
        while (rest.Length >= 4)
        {
            var length = 4 + ((BinaryPrimitives.ReadUInt16BigEndian(rest[2..]) + 3) & ~3);
            if (BinaryPrimitives.ReadUInt16BigEndian(rest) < FirstOptional || length > rest.Length)
            {
                return false;
            }

            rest = rest[length..];
        }

        return rest.IsEmpty;
    }

    /// <summary>Writes the answer.</summary>
    /// <param name="request">Which <see cref="IsRequest"/> has been asked of.</param>
    /// <param name="from">Where it came from.</param>
    /// <param name="answer"><see cref="MaxLength"/> octets.</param>
    /// <returns>Its length.</returns>
    public static int Answer(ReadOnlySpan<byte> request, IpEndpoint from, Span<byte> answer)
    {
        request[..HeaderLength].CopyTo(answer);
        var value = answer[(HeaderLength + 4)..];
        var length = 4 + from.Address.WriteOctets(value[4..]);
        BinaryPrimitives.WriteUInt16BigEndian(answer, Success);
        BinaryPrimitives.WriteUInt16BigEndian(answer[2..], (ushort)(4 + length));
        var isOld = BinaryPrimitives.ReadUInt32BigEndian(request[4..]) != Cookie;
        BinaryPrimitives.WriteUInt16BigEndian(answer[HeaderLength..], isOld ? MappedAddress : XorMappedAddress);
        BinaryPrimitives.WriteUInt16BigEndian(answer[(HeaderLength + 2)..], (ushort)length);
        (value[0], value[1]) = (0, (byte)(from.Address.IsV6 ? 2 : 1));
        BinaryPrimitives.WriteUInt16BigEndian(value[2..], (ushort)(isOld ? from.Port : from.Port ^ (Cookie >> 16)));

        // RFC 8489 §14.2: with the cookie and, of IPv6, the transaction behind it.
        for (var at = 4; at < length && !isOld; at++)
        {
            value[at] ^= request[at];
        }

        return HeaderLength + 4 + length;
    }
}
