using System.Buffers.Binary;
using System.Text;
using SipAlg.Signaling.Resolution.Dns;

namespace SipAlg.Signaling.Tests.Resolution;

/// <summary>Writes what a name server answers, names compressed as far as they have stood in the message before (RFC 1035 §4.1.4).</summary>
internal sealed class DnsMessage
{
    private readonly List<byte> _octets = [];
    private readonly Dictionary<string, int> _names = [];

    public static byte[] Answer(DnsQuery query, DnsCode code, IEnumerable<DnsRecord> answers, IEnumerable<DnsRecord> authorities, bool isTruncated = false) =>
        Answer(query.Id, query.Question, code, answers, authorities, isTruncated);

    public static byte[] Answer(
        ushort id, DnsQuestion question, DnsCode code, IEnumerable<DnsRecord> answers, IEnumerable<DnsRecord> authorities, bool isTruncated = false)
    {
        var message = new DnsMessage();
        var (answered, known) = (answers.ToList(), authorities.ToList());
        message.Add16(id, 0x8180 | (isTruncated ? 0x0200 : 0) | (int)code, 1, answered.Count, known.Count, 0);
        message.Name(question.Name);
        message.Add16((int)question.Type, 1);
        answered.ForEach(message.Record);
        known.ForEach(message.Record);
        return [.. message._octets];
    }

    private void Record(DnsRecord record)
    {
        Name(record.Name);
        Add16((int)record.Type, 1, (int)(record.TimeToLive >> 16), (int)(record.TimeToLive & 0xFFFF));
        var length = _octets.Count;
        Add16(0);
        Data(record);
        var octets = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(octets, (ushort)(_octets.Count - length - 2));
        (_octets[length], _octets[length + 1]) = (octets[0], octets[1]);
    }

    private void Data(DnsRecord record)
    {
        switch (record)
        {
            case AddressRecord address:
                var octets = new byte[16];
                _octets.AddRange(octets[..address.Address.WriteOctets(octets)]);
                break;
            case AliasRecord alias:
                Name(alias.Target);
                break;
            case ServiceRecord service:
                Add16(service.Priority, service.Weight, service.Port);
                Name(service.Target);
                break;
            case PointerRecord pointer:
                Add16(pointer.Order, pointer.Preference);
                Text(pointer.Flags);
                Text(pointer.Service);
                Text(pointer.Expression);
                Name(pointer.Replacement);
                break;
            case ZoneRecord zone:
                Name("ns." + zone.Name);
                Name("admin." + zone.Name);
                Add16(0, 1, 0, 2, 0, 3, 0, 4, (int)(zone.Minimum >> 16), (int)(zone.Minimum & 0xFFFF));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(record));
        }
    }

    private void Name(string name)
    {
        while (name.Length > 0)
        {
            if (_names.TryGetValue(name, out var known))
            {
                Add16(0xC000 | known);
                return;
            }

            _names[name] = _octets.Count;
            var dot = name.IndexOf('.', StringComparison.Ordinal);
            Text(dot < 0 ? name : name[..dot]);
            name = dot < 0 ? "" : name[(dot + 1)..];
        }

        _octets.Add(0);
    }

    private void Text(string text)
    {
        _octets.Add((byte)text.Length);
        _octets.AddRange(Encoding.Latin1.GetBytes(text));
    }

    private void Add16(params int[] values)
    {
        foreach (var value in values)
        {
            _octets.Add((byte)(value >> 8));
            _octets.Add((byte)value);
        }
    }
}
