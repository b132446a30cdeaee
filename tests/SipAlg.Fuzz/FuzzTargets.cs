using SipAlg.Fuzz.Engine;
using SipAlg.Fuzz.Targets;

namespace SipAlg.Fuzz;

/// <summary>All targets. Another reader of what others send is a class and a line here.</summary>
internal static class FuzzTargets
{
    private static readonly (string Name, Func<Target> Make)[] All =
    [
        ("sip", () => new SipTarget()),
        ("values", () => new ValuesTarget()),
        ("digest", () => new DigestTarget()),
        ("sdp", () => new SdpTarget()),
        ("body", () => new BodyTarget()),
        ("xml", () => new XmlTarget()),
        ("stream", () => new StreamTarget()),
        ("rtp", () => new RtpTarget()),
        ("srtp", () => new SrtpTarget()),
        ("stun", () => new StunTarget()),
        ("dns", () => new DnsTarget()),
        ("mask", () => new MaskTarget()),
        ("admin", () => new AdminTarget()),
        ("dialplan", () => new DialplanTarget()),
        ("config", () => new ConfigurationTarget()),
        ("lane", () => new LaneTarget()),
        ("scene", () => new SceneTarget()),
    ];

    public static IEnumerable<string> Names => All.Select(target => target.Name);

    /// <param name="only">Their names; empty: all.</param>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static Target[] Make(params string[] only)
    {
        var unknown = only.FirstOrDefault(name => !Names.Contains(name));
        return unknown is null
            ? [.. All.Where(target => only.Length == 0 || only.Contains(target.Name)).Select(target => target.Make())]
            : throw new ArgumentException($"There is no target '{unknown}'; there are {string.Join(", ", Names)}.");
    }
}
