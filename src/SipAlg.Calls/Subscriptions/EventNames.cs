namespace SipAlg.Calls.Subscriptions;

/// <summary>Keeps what Event says for the life of a subscription; the usual values are kept once for all.</summary>
internal static class EventNames
{
    private static readonly byte[][] Usual = ["dialog"u8.ToArray(), "presence"u8.ToArray(), "message-summary"u8.ToArray(), "refer"u8.ToArray()];

    public static byte[] Keep(ReadOnlySpan<byte> value)
    {
        foreach (var usual in Usual)
        {
            if (value.SequenceEqual(usual))
            {
                return usual;
            }
        }

        return value.ToArray();
    }
}
