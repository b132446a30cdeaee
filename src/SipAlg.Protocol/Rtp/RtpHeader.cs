using System.Buffers.Binary;

namespace SipAlg.Protocol.Rtp;

/// <summary>A view of an RTP packet (RFC 3550 §5.1), SRTP too: its header is not encrypted.</summary>
public readonly ref struct RtpHeader
{
    /// <summary>Octets of the fixed header.</summary>
    public const int MinLength = 12;

    private readonly ReadOnlySpan<byte> _packet;

    private RtpHeader(ReadOnlySpan<byte> packet, int extensionStart, int length)
    {
        _packet = packet;
        ExtensionStart = extensionStart;
        Length = length;
    }

    /// <summary>Octets up to the payload, contributing sources and extension included.</summary>
    public int Length { get; }

    public bool HasPadding => (_packet[0] & 0x20) != 0;
    public bool HasExtension => (_packet[0] & 0x10) != 0;
    public bool Marker => (_packet[1] & 0x80) != 0;
    public byte PayloadType => (byte)(_packet[1] & 0x7F);
    public ushort SequenceNumber => BinaryPrimitives.ReadUInt16BigEndian(_packet[2..]);

    /// <summary>In units of the payload's clock rate.</summary>
    public uint Timestamp => BinaryPrimitives.ReadUInt32BigEndian(_packet[4..]);
    public uint Ssrc => BinaryPrimitives.ReadUInt32BigEndian(_packet[8..]);
    public int ContributingCount => _packet[0] & 0x0F;

    /// <summary>The profile's 16 bits of the extension, 0xBEDE for RFC 8285's one-octet form; 0 without one.</summary>
    public ushort ExtensionProfile => HasExtension ? BinaryPrimitives.ReadUInt16BigEndian(_packet[ExtensionStart..]) : (ushort)0;

    /// <summary>The extension's content.</summary>
    public ReadOnlySpan<byte> Extension => HasExtension ? _packet[(ExtensionStart + 4)..Length] : default;

    private int ExtensionStart { get; }

    public uint ContributingSource(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)ContributingCount);
        return BinaryPrimitives.ReadUInt32BigEndian(_packet[(MinLength + index * 4)..]);
    }

    /// <summary>Reads a header; false unless the version is 2 and all that it announces is there.</summary>
    public static bool TryRead(ReadOnlySpan<byte> packet, out RtpHeader header)
    {
        header = default;
        if (packet.Length < MinLength || packet[0] >> 6 != 2)
        {
            return false;
        }

        var extensionStart = MinLength + (packet[0] & 0x0F) * 4;
        var length = extensionStart;
        if ((packet[0] & 0x10) != 0)
        {
            if (packet.Length < extensionStart + 4)
            {
                return false;
            }

            length += 4 + BinaryPrimitives.ReadUInt16BigEndian(packet[(extensionStart + 2)..]) * 4;
        }

        header = length <= packet.Length ? new RtpHeader(packet, extensionStart, length) : default;
        return length <= packet.Length;
    }

    /// <summary>The payload without padding; false when the padding is longer than what there is. Not for SRTP, which hides the count.</summary>
    public bool TryGetPayload(out ReadOnlySpan<byte> payload)
    {
        payload = _packet[Length..];
        if (!HasPadding)
        {
            return true;
        }

        var padding = payload.IsEmpty ? 0 : payload[^1];
        var isSound = padding > 0 && padding <= payload.Length;
        payload = isSound ? payload[..^padding] : default;
        return isSound;
    }
}
