using BenchmarkDotNet.Attributes;
using SipAlg.Protocol.Sip;

namespace SipAlg.Benchmarks;

/// <summary>
/// An INVITE of 1 KB: index of all headers; Request-URI, top Via, From, To, Call-ID and CSeq validated. At most 1.5 µs as the best of
/// ten launches, nothing allocated.
/// </summary>
[MemoryDiagnoser]
public class ParseBenchmarks
{
    private readonly SipMessage _message = new();
    private readonly byte[] _invite = Samples.Invite;

    [Benchmark]
    public MessageFault Invite() => SipParser.Parse(_message, _invite, 0, _invite.Length, isStream: false);
}
