using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Resolution;
using SipAlg.Signaling.Transports;

namespace SipAlg.Testing.Calls;

/// <summary>A resolver in memory: it answers when the test says so.</summary>
public sealed class SceneNames : IHopFinder
{
    private readonly Dictionary<string, SipHops> _hosts = [];
    private readonly List<HopQuestion> _open = [];

    /// <summary>What has been asked and not answered yet, oldest first.</summary>
    public IReadOnlyList<HopQuestion> Open => _open;

    /// <summary>A host is at these places, over UDP, in this order.</summary>
    public void Set(string host, params string[] endpoints) => _hosts[host] = Places(host, endpoints);

    /// <summary>A host is not there any more.</summary>
    public void Forget(string host) => _hosts.Remove(host);

    public static SipHops Places(string host, params string[] endpoints) =>
        SipHops.Of(host, [.. endpoints.Select(endpoint => new SipHop(Transport.Udp, IpEndpoint.Parse(endpoint)))], TimeSpan.FromMinutes(1));

    public void Find(HopQuestion question) => _open.Add(question);

    /// <summary>Answers all that is open; the lane hears of it when it next runs what was posted.</summary>
    public void Answer()
    {
        HopQuestion[] open = [.. _open];
        _open.Clear();
        foreach (var question in open)
        {
            question.Answer(_hosts.GetValueOrDefault(question.Target.Host) ?? SipHops.None(question.Target.Host, HopOutcome.NoName, TimeSpan.FromMinutes(1)));
        }
    }
}
