using System.Net;
using SipAlg.Interop.Tests.Harness;
using SipAlg.Interop.Tests.Phones;

namespace SipAlg.Interop.Tests.Nat;

/// <summary>A host that has a network namespace for itself, its own address, and the ports that its phone uses: two behind one full-cone NAT share them out.</summary>
internal sealed record NatHost(NetworkNamespace Space, string Address)
{
    private const string Password = "s3cret";

    public int SipPort { get; init; } = 5060;
    public string MediaPorts { get; init; } = "16000-16499";

    /// <summary>The <c>users</c> that phones register as.</summary>
    public static string Users => $"{{ {string.Join(", ", new[] { "one", "too", "other", "open" }.Select(user => $"{user}: {{ password: {Password} }}"))} }}";

    /// <summary>A phone that has registered.</summary>
    /// <param name="folder">The scenario's.</param>
    /// <param name="user">One of <see cref="Users"/>.</param>
    /// <param name="tone">What it says.</param>
    /// <param name="gateway">Where it registers.</param>
    /// <param name="transport">By which.</param>
    public async Task<Baresip> PhoneAsync(ScenarioFolder folder, string user, double tone, string gateway, string transport = "udp")
    {
        var phone = await Baresip.StartAsync(
            folder, user, new IPEndPoint(IPAddress.Parse(Address), SipPort), tone,
            $"<sip:{user}@{gateway};transport={transport}>;auth_user={user};auth_pass={Password};regint=600", Space, MediaPorts);
        await Eventually.TrueAsync(() => phone.IsRegistered, text: $"{user} registered");
        return phone;
    }

    /// <summary>Each hears the other.</summary>
    public static async Task TalkAsync(Baresip one, Baresip other)
    {
        await one.HearsAsync(other);
        await other.HearsAsync(one);
    }
}
