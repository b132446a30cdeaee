using System.Text;

namespace SipAlg.Fuzz.Engine;

/// <summary>
/// The octets that a reader is given, in a buffer of its own with others before and behind them: what reads across an end, reads what
/// is not there otherwise.
/// </summary>
internal sealed class FuzzInput
{
    public const int MaxLength = 65_000;

    /// <summary>Where the input begins in <see cref="Buffer"/>.</summary>
    public const int Start = 7;

    private static readonly byte[] Before = "\r\nX: y\n"u8.ToArray();
    private static readonly byte[] Behind = "\r\n\r\nVia: no\r\n"u8.ToArray();

    public FuzzInput()
    {
        Buffer = new byte[Start + MaxLength + Behind.Length];
        Before.CopyTo(Buffer, 0);
    }

    public byte[] Buffer { get; }
    public int Length { get; private set; }
    public Span<byte> Octets => Buffer.AsSpan(Start, Length);

    public void Set(ReadOnlySpan<byte> octets)
    {
        Length = 0;
        Insert(0, octets);
    }

    /// <summary>Puts in as many as there is room for.</summary>
    public void Insert(int at, ReadOnlySpan<byte> octets)
    {
        octets = octets[..Math.Min(octets.Length, MaxLength - Length)];
        Buffer.AsSpan(Start + at, Length - at).CopyTo(Buffer.AsSpan(Start + at + octets.Length));
        octets.CopyTo(Buffer.AsSpan(Start + at));
        Length += octets.Length;
    }

    public void Append(ReadOnlySpan<byte> octets) => Insert(Length, octets);

    public void Append(byte octet) => Insert(Length, new ReadOnlySpan<byte>(in octet));

    public void Append(long number)
    {
        Span<byte> text = stackalloc byte[24];
        Append(text[..(number.TryFormat(text, out var length) ? length : 0)]);
    }

    public void Append(string text)
    {
        Span<byte> octets = stackalloc byte[256];
        Append(octets[..Encoding.UTF8.GetBytes(text.AsSpan(0, Math.Min(text.Length, 64)), octets)]);
    }

    public void Remove(int at, int length)
    {
        Buffer.AsSpan(Start + at + length, Length - at - length).CopyTo(Buffer.AsSpan(Start + at));
        Length -= length;
    }

    /// <summary>What stands behind it is what it is in each run.</summary>
    public void Close() => Behind.CopyTo(Buffer, Start + Length);
}
