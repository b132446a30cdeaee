namespace SipAlg.Fuzz.Engine;

/// <summary>Damages an input where it hurts: lines, words, numbers, lengths and ends, and what another input has to offer.</summary>
/// <param name="dice">What is drawn.</param>
/// <param name="words">What the format is made of.</param>
internal sealed class Damage(Dice dice, byte[][] words)
{
    private static readonly string[] Numbers = ["0", "1", "-1", "255", "256", "65535", "65536", "2147483647", "2147483648", "4294967295", "4294967296", "99999999999999999999"];

    /// <summary>One to six damages.</summary>
    /// <param name="input">What is damaged.</param>
    /// <param name="other">Another input, to take parts of.</param>
    public void Apply(FuzzInput input, ReadOnlySpan<byte> other)
    {
        for (var left = dice.OneIn(4) ? dice.Between(2, 6) : 1; left > 0; left--)
        {
            Once(input, other);
        }
    }

    private void Once(FuzzInput input, ReadOnlySpan<byte> other)
    {
        var at = dice.Below(input.Length + 1);
        var left = input.Length - at;
        switch (dice.Below(14))
        {
            case 0 when left > 0:
                input.Octets[at] = (byte)dice.Next();
                break;
            case 1 when left > 0:
                input.Octets[at] ^= (byte)(1 << dice.Below(8));
                break;
            case 2:
            case 3:
                input.Insert(at, dice.Of<byte[]>(words));
                break;
            case 4:
                input.Remove(at, Math.Min(dice.Between(1, 40), left));
                break;
            case 5 when dice.OneIn(3):
                input.Remove(at, left);
                break;
            case 6:
                Repeat(input, at, Math.Min(dice.Between(1, 60), left), dice.OneIn(60) ? dice.Between(100, 3000) : dice.Between(1, 8));
                break;
            case 7:
                MoveLine(input, at);
                break;
            case 8:
            case 9:
                ChangeNumber(input, at);
                break;
            case 10:
                Replace(input, at, dice.Of<byte[]>(words));
                break;
            case 11:
            case 12:
                Splice(input, at, other);
                break;
            default:
                var octet = (byte)dice.Next();
                for (var times = dice.Between(1, 4); times > 0; times--)
                {
                    input.Insert(at, new ReadOnlySpan<byte>(in octet));
                }

                break;
        }
    }

    private static void Replace(FuzzInput input, int at, ReadOnlySpan<byte> word)
    {
        input.Remove(at, Math.Min(word.Length, input.Length - at));
        input.Insert(at, word);
    }

    private static void Repeat(FuzzInput input, int at, int length, int times)
    {
        Span<byte> part = stackalloc byte[64];
        input.Octets.Slice(at, length).CopyTo(part);
        for (; times > 0 && length > 0; times--)
        {
            input.Insert(at, part[..length]);
        }
    }

    /// <summary>Part of another input: a line of it, or octets from anywhere.</summary>
    private void Splice(FuzzInput input, int at, ReadOnlySpan<byte> other)
    {
        var from = dice.Below(other.Length);
        var length = Math.Min(dice.Between(1, dice.OneIn(8) ? 2000 : 60), other.Length - from);
        if (dice.OneIn(2))
        {
            from = other[..from].LastIndexOf((byte)'\n') + 1;
            length = Math.Max(other[from..].IndexOf((byte)'\n') + 1, 0);
            at = input.Octets[..at].LastIndexOf((byte)'\n') + 1;
        }

        input.Insert(at, other.Slice(from, length));
    }

    /// <summary>Takes the line around a place and puts it, or a copy, elsewhere.</summary>
    private void MoveLine(FuzzInput input, int at)
    {
        var start = input.Octets[..at].LastIndexOf((byte)'\n') + 1;
        var length = input.Octets[start..].IndexOf((byte)'\n') + 1;
        if (length is 0 or > 512)
        {
            return;
        }

        Span<byte> line = stackalloc byte[512];
        input.Octets.Slice(start, length).CopyTo(line);
        if (dice.OneIn(2))
        {
            input.Remove(start, length);
        }

        input.Insert(input.Octets[..dice.Below(input.Length + 1)].LastIndexOf((byte)'\n') + 1, line[..length]);
    }

    private void ChangeNumber(FuzzInput input, int at)
    {
        var found = input.Octets[at..].IndexOfAnyInRange((byte)'0', (byte)'9');
        if (found < 0)
        {
            return;
        }

        var start = at + found;
        var length = input.Octets[start..].IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        input.Remove(start, length < 0 ? input.Length - start : length);
        Span<byte> number = stackalloc byte[24];
        if (dice.OneIn(2))
        {
            var text = dice.Of<string>(Numbers);
            input.Insert(start, number[..System.Text.Encoding.ASCII.GetBytes(text, number)]);
        }
        else
        {
            dice.Below(70_000).TryFormat(number, out var written);
            input.Insert(start, number[..written]);
        }
    }
}
