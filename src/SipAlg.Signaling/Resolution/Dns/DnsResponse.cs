using System.Collections.Immutable;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Signaling.Resolution.Dns;

/// <summary>
/// A response (RFC 1035 §4.1), as far as a stub resolver needs it: of its records the answers and the authorities of the types we
/// know. What is additional is not believed: it would be another name's.
/// </summary>
internal sealed record DnsResponse
{
    private const int HeaderLength = 12;
    private const ushort InternetClass = 1;

    /// <summary>More than any answer of use has; what stands behind is not read.</summary>
    private const int MostRecords = 256;

    public ushort Id { get; private init; }
    public DnsCode Code { get; private init; }

    /// <summary>It did not fit its datagram: to be asked for over TCP.</summary>
    public bool IsTruncated { get; private init; }

    /// <summary>Null where it repeats none, as some do that refuse.</summary>
    public DnsQuestion? Question { get; private init; }
    public ImmutableArray<DnsRecord> Answers { get; private init; } = [];
    public ImmutableArray<DnsRecord> Authorities { get; private init; } = [];

    /// <summary>False for what is no response to one question of class IN, or is broken.</summary>
    public static bool TryParse(ReadOnlySpan<byte> message, out DnsResponse? response)
    {
        response = null;
        var reader = new DnsReader(message);
        if (message.Length < HeaderLength || !reader.TryUInt16(out var id) || !reader.TryUInt16(out var flags) || (flags & 0xF800) != 0x8000 ||
            !reader.TryUInt16(out var questions) || !reader.TryUInt16(out var answers) || !reader.TryUInt16(out var authorities))
        {
            return false;
        }

        reader.At = HeaderLength;
        DnsQuestion? question = null;
        if (questions > 1 || (questions == 1 && !TryQuestion(ref reader, out question)))
        {
            return false;
        }

        var isTruncated = (flags & 0x0200) != 0;
        if (!TryRecords(ref reader, answers, out var answered) || !TryRecords(ref reader, authorities, out var known))
        {
            if (!isTruncated)
            {
                return false;
            }

            // What was cut off may leave half a record behind; it is asked for again anyway.
            (answered, known) = ([], []);
        }

        response = new DnsResponse
        {
            Id = id,
            Code = (DnsCode)(flags & 0xF),
            IsTruncated = isTruncated,
            Question = question,
            Answers = answered,
            Authorities = known,
        };
        return true;
    }

    private static bool TryQuestion(ref DnsReader reader, out DnsQuestion? question)
    {
        question = null;
        if (!reader.TryName(out var name) || !reader.TryUInt16(out var type) || !reader.TryUInt16(out var @class) || @class != InternetClass)
        {
            return false;
        }

        question = new DnsQuestion(name, (DnsType)type);
        return true;
    }

    private static bool TryRecords(ref DnsReader reader, int count, out ImmutableArray<DnsRecord> records)
    {
        var found = ImmutableArray.CreateBuilder<DnsRecord>();
        records = [];
        for (var index = 0; index < count && index < MostRecords; index++)
        {
            if (!TryRecord(ref reader, out var record))
            {
                return false;
            }

            if (record is not null)
            {
                found.Add(record);
            }
        }

        records = found.ToImmutable();
        return true;
    }

    /// <param name="record">Null for one of a type or class that is not ours.</param>
    private static bool TryRecord(ref DnsReader reader, out DnsRecord? record)
    {
        record = null;
        if (!reader.TryName(out var name) || !reader.TryUInt16(out var type) || !reader.TryUInt16(out var @class) ||
            !reader.TryUInt32(out var seconds) || !reader.TryUInt16(out var length))
        {
            return false;
        }

        // RFC 2181 §8: a time with its highest bit set is none.
        seconds = seconds > int.MaxValue ? 0 : seconds;
        var end = reader.At + length;
        var isRead = @class != InternetClass || TryData(ref reader, name, (DnsType)type, seconds, length, out record);
        if (!isRead || (record is not null && reader.At != end))
        {
            return false;
        }

        reader.At = end - length;
        return reader.TryOctets(length, out _);
    }

    private static bool TryData(ref DnsReader reader, string name, DnsType type, uint seconds, int length, out DnsRecord? record)
    {
        record = null;
        return type switch
        {
            DnsType.A => length == 4 && TryAddress(ref reader, name, type, seconds, length, out record),
            DnsType.Aaaa => length == 16 && TryAddress(ref reader, name, type, seconds, length, out record),
            DnsType.Cname => TryAlias(ref reader, name, seconds, out record),
            DnsType.Soa => TryZone(ref reader, name, seconds, out record),
            DnsType.Srv => TryService(ref reader, name, seconds, out record),
            DnsType.Naptr => TryPointer(ref reader, name, seconds, out record),
            _ => true,
        };
    }

    private static bool TryAddress(ref DnsReader reader, string name, DnsType type, uint seconds, int length, out DnsRecord? record)
    {
        record = reader.TryOctets(length, out var octets) ? new AddressRecord(name, type, seconds, IpAddress.FromOctets(octets)) : null;
        return record is not null;
    }

    private static bool TryAlias(ref DnsReader reader, string name, uint seconds, out DnsRecord? record)
    {
        record = reader.TryName(out var target) ? new AliasRecord(name, seconds, target) : null;
        return record is not null;
    }

    private static bool TryZone(ref DnsReader reader, string name, uint seconds, out DnsRecord? record)
    {
        record = null;
        if (!reader.TryName(out _) || !reader.TryName(out _) || !reader.TryOctets(16, out _) || !reader.TryUInt32(out var minimum))
        {
            return false;
        }

        record = new ZoneRecord(name, seconds, minimum);
        return true;
    }

    private static bool TryService(ref DnsReader reader, string name, uint seconds, out DnsRecord? record)
    {
        record = null;
        if (!reader.TryUInt16(out var priority) || !reader.TryUInt16(out var weight) || !reader.TryUInt16(out var port) || !reader.TryName(out var target))
        {
            return false;
        }

        record = new ServiceRecord(name, seconds, priority, weight, port, target);
        return true;
    }

    private static bool TryPointer(ref DnsReader reader, string name, uint seconds, out DnsRecord? record)
    {
        record = null;
        if (!reader.TryUInt16(out var order) || !reader.TryUInt16(out var preference) || !reader.TryText(out var flags) || !reader.TryText(out var service) ||
            !reader.TryText(out var expression) || !reader.TryName(out var replacement))
        {
            return false;
        }

        record = new PointerRecord(name, seconds, order, preference, flags, service, expression, replacement);
        return true;
    }
}
