namespace SipAlg.Signaling.Resolution.Dns;

/// <summary>The record types that SIP needs, by their numbers (RFC 1035 §3.2.2, RFC 3596, RFC 2782, RFC 3403, RFC 6891).</summary>
internal enum DnsType : ushort
{
    A = 1,
    Cname = 5,
    Soa = 6,
    Aaaa = 28,
    Srv = 33,
    Naptr = 35,
    Opt = 41,
}

/// <summary>RFC 1035 §4.1.1.</summary>
internal enum DnsCode : byte
{
    NoError = 0,
    FormatError = 1,
    ServerFailure = 2,
    NameError = 3,
    NotImplemented = 4,
    Refused = 5,
}

/// <param name="Name">As <see cref="DnsName.Normal"/> gives it.</param>
/// <param name="Type">Of the records asked for; the class is always IN.</param>
internal readonly record struct DnsQuestion(string Name, DnsType Type);
