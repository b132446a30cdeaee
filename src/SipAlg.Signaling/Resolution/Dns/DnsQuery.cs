using System.Buffers.Binary;

namespace SipAlg.Signaling.Resolution.Dns;

/// <summary>A question on its way to a server, with the number that its answer has to repeat.</summary>
internal sealed class DnsQuery
{
    /// <summary>What we take in a datagram: no fragments on any path (RFC 6891 §6.2.5, the DNS flag day of 2020).</summary>
    public const int DatagramSize = 1232;

    private const ushort RecursionDesired = 0x0100;
    private const int HeaderLength = 12;
    private const int TailLength = 4;
    private const int ExtensionLength = 11;

    private readonly byte[] _octets;

    private DnsQuery(DnsQuestion question, ushort id, byte[] octets) => (Question, Id, _octets) = (question, id, octets);

    public DnsQuestion Question { get; }
    public ushort Id { get; }
    public ReadOnlyMemory<byte> Octets => _octets;

    /// <param name="question">What is asked.</param>
    /// <param name="id">Nobody may guess it (RFC 5452 §9.2).</param>
    /// <param name="isExtended">With EDNS0; some old servers do not take it (RFC 6891 §6.2.2).</param>
    /// <param name="query">Null where the question holds no name.</param>
    public static bool TryMake(DnsQuestion question, ushort id, bool isExtended, out DnsQuery? query)
    {
        query = null;
        Span<byte> name = stackalloc byte[DnsName.MaxLength];
        var length = DnsName.Write(question.Name, name);
        if (length == 0)
        {
            return false;
        }

        var octets = new byte[HeaderLength + length + TailLength + (isExtended ? ExtensionLength : 0)];
        var rest = octets.AsSpan();
        BinaryPrimitives.WriteUInt16BigEndian(rest, id);
        BinaryPrimitives.WriteUInt16BigEndian(rest[2..], RecursionDesired);
        BinaryPrimitives.WriteUInt16BigEndian(rest[4..], 1);
        BinaryPrimitives.WriteUInt16BigEndian(rest[10..], (ushort)(isExtended ? 1 : 0));
        name[..length].CopyTo(rest[HeaderLength..]);
        rest = rest[(HeaderLength + length)..];
        BinaryPrimitives.WriteUInt16BigEndian(rest, (ushort)question.Type);
        BinaryPrimitives.WriteUInt16BigEndian(rest[2..], 1);
        if (isExtended)
        {
            // RFC 6891 §6.1.2: the root's name, the type, the size in the place of the class; no flags, no options.
            BinaryPrimitives.WriteUInt16BigEndian(rest[(TailLength + 1)..], (ushort)DnsType.Opt);
            BinaryPrimitives.WriteUInt16BigEndian(rest[(TailLength + 3)..], DatagramSize);
        }

        query = new DnsQuery(question, id, octets);
        return true;
    }

    /// <summary>Reads what may be the answer. False for anything else, forged or late (RFC 5452 §3).</summary>
    public bool TryAnswer(ReadOnlySpan<byte> message, out DnsResponse? response)
    {
        if (!DnsResponse.TryParse(message, out response) || response!.Id != Id)
        {
            return false;
        }

        return response.Question is { } question ? question == Question : response.Code is not (DnsCode.NoError or DnsCode.NameError);
    }
}
