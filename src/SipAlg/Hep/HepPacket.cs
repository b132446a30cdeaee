using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Traces;

namespace SipAlg.Hep;

/// <summary>
/// A SIP message in HEP version 3: the letters HEP3 and the length of the whole, then chunks of vendor, type, their length and value,
/// all in network order. Vendor 0 is whom the common types belong to.
/// </summary>
internal sealed class HepPacket
{
    private const int Header = 6;
    private const int ChunkHeader = 6;
    private const int MostIdLength = 16;

    /// <summary>The length is written in 16 bits.</summary>
    public const int Most = ushort.MaxValue;

    /// <summary>What a datagram may hold over IPv4 (RFC 768, RFC 791).</summary>
    public const int MostDatagram = Most - 20 - 8;

    private const byte Sip = 1;
    private const byte Udp = 17;
    private const byte Tcp = 6;

    private readonly byte[] _octets = new byte[2 * Most];
    private readonly byte[] _password;
    private readonly uint _id;
    private int _length;

    /// <summary>Address families as the format writes them: those of Linux.</summary>
    private const byte FamilyV4 = 2;
    private const byte FamilyV6 = 10;

    public HepPacket(uint id, string? password) => (_id, _password) = (id, Encoding.UTF8.GetBytes(password ?? ""));

    private enum Chunk : ushort
    {
        Family = 1,
        Protocol = 2,
        SourceV4 = 3,
        TargetV4 = 4,
        SourceV6 = 5,
        TargetV6 = 6,
        SourcePort = 7,
        TargetPort = 8,
        Seconds = 9,
        Microseconds = 10,
        Kind = 11,
        Agent = 12,
        Password = 14,
        Payload = 15,
        Correlation = 17,
    }

    /// <summary>Valid until the next one is made. Longer than <see cref="Most"/> it cannot be sent.</summary>
    public ReadOnlyMemory<byte> Octets => _octets.AsMemory(0, _length);

    /// <param name="message">What is known of it.</param>
    /// <param name="payload">The message itself.</param>
    /// <param name="call">The id of its call; 0: it has none.</param>
    public void Write(in FedMessage message, ReadOnlySpan<byte> payload, ulong call)
    {
        "HEP3"u8.CopyTo(_octets);
        _length = Header;
        WriteWay(message);
        var microseconds = (message.At - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        Write(Chunk.Seconds, (uint)(microseconds / 1_000_000));
        Write(Chunk.Microseconds, (uint)(microseconds % 1_000_000));
        Write(Chunk.Kind, Sip);
        Write(Chunk.Agent, _id);
        if (_password.Length > 0)
        {
            Write(Chunk.Password, _password);
        }

        if (call != 0)
        {
            Span<byte> id = stackalloc byte[MostIdLength];
            call.TryFormat(id, out _, "x16", CultureInfo.InvariantCulture);
            Write(Chunk.Correlation, id);
        }

        Write(Chunk.Payload, payload);
        BinaryPrimitives.WriteUInt16BigEndian(_octets.AsSpan(4), (ushort)Math.Min(_length, Most));
    }

    private void WriteWay(in FedMessage message)
    {
        var (from, to) = message.IsReceived ? (message.Flow.Remote, message.Flow.Local) : (message.Flow.Local, message.Flow.Remote);
        var isV4 = from.Address.IsV4;
        Write(Chunk.Family, isV4 ? FamilyV4 : FamilyV6);
        Write(Chunk.Protocol, message.Flow.IsReliable ? Tcp : Udp);
        WriteAddress(isV4 ? Chunk.SourceV4 : Chunk.SourceV6, from.Address);
        WriteAddress(isV4 ? Chunk.TargetV4 : Chunk.TargetV6, to.Address);
        Write(Chunk.SourcePort, from.Port);
        Write(Chunk.TargetPort, to.Port);
    }

    private void WriteAddress(Chunk chunk, IpAddress address)
    {
        Span<byte> octets = stackalloc byte[16];
        Write(chunk, octets[..address.WriteOctets(octets)]);
    }

    private void Write(Chunk chunk, byte value) => Write(chunk, [value]);

    private void Write(Chunk chunk, ushort value)
    {
        Span<byte> octets = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(octets, value);
        Write(chunk, octets);
    }

    private void Write(Chunk chunk, uint value)
    {
        Span<byte> octets = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(octets, value);
        Write(chunk, octets);
    }

    private void Write(Chunk chunk, ReadOnlySpan<byte> value)
    {
        var octets = _octets.AsSpan(_length);
        BinaryPrimitives.WriteUInt16BigEndian(octets, 0);
        BinaryPrimitives.WriteUInt16BigEndian(octets[2..], (ushort)chunk);
        BinaryPrimitives.WriteUInt16BigEndian(octets[4..], (ushort)Math.Min(ChunkHeader + value.Length, Most));
        value.CopyTo(octets[ChunkHeader..]);
        _length += ChunkHeader + value.Length;
    }
}
