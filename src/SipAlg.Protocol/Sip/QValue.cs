namespace SipAlg.Protocol.Sip;

/// <summary>How much a contact is preferred, in thousandths (RFC 3261 §20.10, §25.1 qvalue).</summary>
public static class QValue
{
    /// <summary>What a contact without q counts as.</summary>
    public const int Most = 1000;

    /// <summary>0 to 1000; −1: it is none.</summary>
    public static int Read(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty || text[0] is not ((byte)'0' or (byte)'1') || text.Length > 5 || (text.Length > 1 && text[1] != '.'))
        {
            return -1;
        }

        var value = (text[0] - '0') * Most;
        var unit = Most;
        foreach (var digit in text[Math.Min(2, text.Length)..])
        {
            unit /= 10;
            if (digit is < (byte)'0' or > (byte)'9')
            {
                return -1;
            }

            value += (digit - '0') * unit;
        }

        return value <= Most ? value : -1;
    }

    /// <summary>Writes "1", "0.5", "0.125".</summary>
    public static void Write(ref MessageWriter writer, int thousandths)
    {
        if (thousandths is <= 0 or >= Most)
        {
            writer.Write((byte)(thousandths <= 0 ? '0' : '1'));
            return;
        }

        writer.Write("0."u8);
        for (var unit = Most / 10; thousandths > 0; thousandths %= unit, unit /= 10)
        {
            writer.Write((byte)('0' + (thousandths / unit)));
        }
    }
}
