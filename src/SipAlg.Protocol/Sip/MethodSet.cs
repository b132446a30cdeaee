namespace SipAlg.Protocol.Sip;

/// <summary>A set of registered methods, as an Allow header gives it (RFC 3261 §20.5).</summary>
public readonly record struct MethodSet
{
    private readonly ushort _bits;

    private MethodSet(int bits) => _bits = (ushort)bits;

    public bool IsEmpty => _bits == 0;

    public bool Has(SipMethod method) => (_bits & (1 << (int)method)) != 0;

    public MethodSet With(SipMethod method) => new(_bits | (1 << (int)method));

    public MethodSet Without(SipMethod method) => new(_bits & ~(1 << (int)method));

    /// <summary>What the message's Allow headers list; methods that are not registered are left out. Empty without the header.</summary>
    public static MethodSet AllowedBy(SipMessage message)
    {
        var bits = 0;
        for (var index = message.TryFirst(HeaderId.Allow, out var first) ? first : -1; index >= 0; index = message.Next(index))
        {
            foreach (var name in new ValueList(message[message.Fields[index].Value]))
            {
                bits |= 1 << (int)SipMethods.Find(name);
            }
        }

        return new MethodSet(bits & ~1);
    }
}
