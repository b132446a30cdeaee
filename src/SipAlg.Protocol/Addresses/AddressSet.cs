using System.Buffers.Binary;

namespace SipAlg.Protocol.Addresses;

/// <summary>
/// Addresses, given as blocks: kept as ranges that do not meet, in order, so that a list of a country's networks costs a few octets a line and
/// a question a few comparisons. Immutable.
/// </summary>
public sealed class AddressSet
{
    private readonly uint[] _firstV4;
    private readonly uint[] _lastV4;
    private readonly UInt128[] _firstV6;
    private readonly UInt128[] _lastV6;

    public AddressSet(IEnumerable<IpNetwork> networks)
    {
        var byFamily = networks.ToLookup(network => network.Address.IsV4);
        (_firstV4, _lastV4) = Merge(byFamily[true].Select(network => Range(network, 32)).Select(range => ((uint)range.First, (uint)range.Last)), static last => last == uint.MaxValue, 1u);
        (_firstV6, _lastV6) = Merge(byFamily[false].Select(network => Range(network, 128)), static last => last == UInt128.MaxValue, UInt128.One);
    }

    public static AddressSet Empty { get; } = new([]);

    public bool IsEmpty => _firstV4.Length == 0 && _firstV6.Length == 0;

    /// <summary>Ranges that are kept: blocks that overlap, or stand side by side, are one.</summary>
    public int Count => _firstV4.Length + _firstV6.Length;

    public bool Contains(in IpAddress address)
    {
        if (address.IsV4)
        {
            return _firstV4.Length > 0 && Holds(_firstV4, _lastV4, address.ToV4());
        }

        return _firstV6.Length > 0 && address.IsV6 && Holds(_firstV6, _lastV6, Number(address));
    }

    /// <summary>Whether each address of a block is in the set.</summary>
    public bool Covers(in IpNetwork network)
    {
        var (first, last) = Range(network, network.Address.IsV4 ? 32 : 128);
        return network.Address.IsV4
            ? Covers(_firstV4, _lastV4, (uint)first, (uint)last)
            : Covers(_firstV6, _lastV6, first, last);
    }

    private static bool Covers<T>(T[] firsts, T[] lasts, T first, T last)
        where T : IComparable<T>
    {
        var place = Place(firsts, first);
        return place >= 0 && last.CompareTo(lasts[place]) <= 0;
    }

    private static bool Holds<T>(T[] firsts, T[] lasts, T number)
        where T : IComparable<T> => Covers(firsts, lasts, number, number);

    /// <summary>The last range that begins at or before a number; −1: none.</summary>
    private static int Place<T>(T[] firsts, T number)
        where T : IComparable<T>
    {
        var place = Array.BinarySearch(firsts, number);
        return place >= 0 ? place : ~place - 1;
    }

    private static (T[] Firsts, T[] Lasts) Merge<T>(IEnumerable<(T First, T Last)> ranges, Func<T, bool> isHighest, T one)
        where T : IComparable<T>, System.Numerics.IAdditionOperators<T, T, T>
    {
        var (firsts, lasts) = (new List<T>(), new List<T>());
        foreach (var (first, last) in ranges.OrderBy(range => range.First))
        {
            if (lasts.Count > 0 && (isHighest(lasts[^1]) || first.CompareTo(lasts[^1] + one) <= 0))
            {
                lasts[^1] = last.CompareTo(lasts[^1]) > 0 ? last : lasts[^1];
            }
            else
            {
                firsts.Add(first);
                lasts.Add(last);
            }
        }

        return ([.. firsts], [.. lasts]);
    }

    private static (UInt128 First, UInt128 Last) Range(IpNetwork network, int bits)
    {
        var rest = bits - network.PrefixLength;
        var mask = rest == 0 ? UInt128.Zero : rest == 128 ? UInt128.MaxValue : (UInt128.One << rest) - 1;
        var number = network.Address.IsV4 ? network.Address.ToV4() : Number(network.Address);
        return (number & ~mask, number | mask);
    }

    private static UInt128 Number(in IpAddress address)
    {
        Span<byte> octets = stackalloc byte[16];
        address.WriteOctets(octets);
        return BinaryPrimitives.ReadUInt128BigEndian(octets);
    }
}
