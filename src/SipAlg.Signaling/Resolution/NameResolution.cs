using System.Collections.Immutable;
using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Lanes;
using SipAlg.Signaling.Resolution.Dns;

namespace SipAlg.Signaling.Resolution;

/// <summary>A lane's question where a target is: asked by a command, answered as an event of the lane that asked.</summary>
/// <param name="lane">Who asks.</param>
/// <param name="target">What is looked for.</param>
/// <param name="reach">What the realm can reach.</param>
public abstract class HopQuestion(ILane lane, SipTarget target, HopReach reach) : LaneEvent
{
    public SipTarget Target => target;
    public HopReach Reach => reach;

    /// <summary>Set before the event runs.</summary>
    public SipHops Hops { get; private set; } = null!;

    /// <summary>Brings the answer to the lane; from any thread, once.</summary>
    public void Answer(SipHops hops)
    {
        Hops = hops;
        lane.Post(this);
    }
}

/// <summary>Finds places for lanes: the resolver does, and a test's own in memory.</summary>
public interface IHopFinder
{
    /// <summary>Begins to look; never waits. <see cref="HopQuestion.Answer"/> follows, whatever becomes of it.</summary>
    void Find(HopQuestion question);
}

/// <summary>Name resolution as the program uses it: a resolver with its cache over the system's sockets and files.</summary>
public sealed class NameResolution : IHopFinder
{
    private static readonly TimeSpan HostsAge = TimeSpan.FromSeconds(10);

    /// <summary>A call waits for its target for so long, however many name servers are silent.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    private readonly ResolverCounters _counters = new();
    private readonly SipResolver _resolver;
    private readonly TimeProvider _time;
    private volatile HostsFile _hosts = HostsFile.Empty;
    private long _hostsRead;

    internal NameResolution(ResolverFile file, IDnsTransport transport, TimeProvider time)
    {
        _time = time;
        Servers = file.Servers;
        var client = new DnsClient(file.Servers, file.Timeout, file.Attempts, transport, _counters);
        var cache = new DnsCache(client.AskAsync, _counters, time);
        _resolver = new SipResolver(cache, file, Hosts, time);
        _hostsRead = long.MinValue;
    }

    /// <summary>Asks the servers that are given, or those of the system where none are.</summary>
    public static NameResolution Open(ImmutableArray<IpEndpoint> servers, TimeProvider time)
    {
        var file = ResolverFile.Parse(TextOf(ResolverFile.Path));
        return new NameResolution(servers.IsEmpty ? file : file with { Servers = servers }, new DnsSockets(time), time);
    }

    /// <summary>The name servers that are asked, in order.</summary>
    public ImmutableArray<IpEndpoint> Servers { get; }

    /// <summary>Questions to name servers by their outcome, in the metric's words; read at any time.</summary>
    public IEnumerable<(string Outcome, long Count)> Lookups => _counters.Lookups;

    /// <summary>Answers given out after their time, since no server gave a new one; read at any time.</summary>
    public long StaleAnswers => _counters.Stale;

    /// <summary>RFC 3263 §4, on the pool. Expected failures are values.</summary>
    public Task<SipHops> FindAsync(SipTarget target, HopReach reach) => _resolver.FindAsync(target, reach);

    public void Find(HopQuestion question) => _ = Task.Run(() => AnswerAsync(question));

    private async Task AnswerAsync(HopQuestion question)
    {
        SipHops hops;
        try
        {
            hops = await FindAsync(question.Target, question.Reach).WaitAsync(LongestWait, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The servers are asked on; whoever calls next may have the answer at once.
            hops = SipHops.None(question.Target.Host, HopOutcome.Failed, TimeSpan.Zero);
        }
        catch (Exception)
        {
            // A bug, which the call that waits sees as what it amounts to: there is no answer.
            hops = SipHops.None(question.Target.Host, HopOutcome.Failed, TimeSpan.Zero);
        }

        question.Answer(hops);
    }

    /// <summary>The hosts file, read again when it may have changed. Two who read it at once read the same.</summary>
    private HostsFile Hosts()
    {
        var now = _time.GetTimestamp();
        var read = Interlocked.Read(ref _hostsRead);
        if (read == long.MinValue || _time.GetElapsedTime(read, now) > HostsAge)
        {
            _hosts = HostsFile.Parse(TextOf(HostsFile.Path));
            Interlocked.Exchange(ref _hostsRead, now);
        }

        return _hosts;
    }

    /// <summary>Empty for a file that is not there or cannot be read: the system may well have none.</summary>
    private static string TextOf(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
