using System.Collections.Frozen;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using SipAlg.Signaling.Tests.Transports;
using SipAlg.Signaling.Tls;
using SipAlg.Signaling.Transports;

namespace SipAlg.Signaling.Tests.Tls;

/// <summary>Connections with TLS that others open.</summary>
[Collection(SocketTests.Name)]
public sealed class TlsAcceptTests
{
    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Messages_cross_both_ways(SslProtocols version)
    {
        await using var pair = new TlsPair();
        await using var phone = await pair.ConnectAsync(options => options.EnabledSslProtocols = version);
        await phone.WriteAsync(Encoding.ASCII.GetBytes(TestGateway.Framed("OPTIONS sip:a SIP/2.0", 40)));
        Eventually.True(() => !pair.Gateway.User.Messages.IsEmpty);

        var flow = pair.Gateway.User.Messages.Single().Flow;
        Assert.Equal((Transport.Tls, (ushort)0, version), (flow.Transport, flow.Far, phone.SslProtocol));
        Assert.Equal(SendResult.Queued, pair.Gateway.User.Send(flow, "SIP/2.0 200 OK"));
        var answer = new byte[14];
        await phone.ReadExactlyAsync(answer);
        Assert.Equal("SIP/2.0 200 OK", Encoding.ASCII.GetString(answer));
        Assert.Equal(1, pair.Counters.Handshakes(TlsResult.Done, isOurs: false));
        Assert.Equal(1, pair.Gateway.Network.ConnectionsActive(Transport.Tls));
    }

    [Fact]
    public async Task Nothing_older_than_the_least_version_is_spoken()
    {
        await using var pair = new TlsPair(party => party with { Versions = SslProtocols.Tls13 });

        await Assert.ThrowsAnyAsync<Exception>(() => pair.ConnectAsync(options => options.EnabledSslProtocols = SslProtocols.Tls12));
        Eventually.True(() => pair.Counters.Handshakes(TlsResult.Protocol, isOurs: false) == 1);
    }

    [Fact]
    public async Task The_name_that_is_asked_for_decides_the_certificate()
    {
        await using var pair = new TlsPair();
        using var other = pair.Authority.Issue("other.example", ["other.example"]);
        pair.Change(party => party with { ByName = new Dictionary<string, SslStreamCertificateContext> { ["other.example"] = TlsPair.Shown(other) }.ToFrozenDictionary() });

        foreach (var (asked, shown) in new[] { ("OTHER.example", "CN=other.example"), (TlsPair.Name, "CN=" + TlsPair.Name), ("unknown.example", "CN=" + TlsPair.Name) })
        {
            await using var phone = await pair.ConnectAsync(options =>
            {
                options.TargetHost = asked;
                options.RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null;
            });
            Assert.Equal(shown, phone.RemoteCertificate!.Subject);
        }
    }

    [Theory]
    [InlineData(true, ClientCertificates.Required)]
    [InlineData(false, ClientCertificates.Optional)]
    public async Task A_client_certificate_says_who_comes(bool isServerOnly, ClientCertificates clients)
    {
        await using var pair = new TlsPair(party => party with { Clients = clients });
        using var own = pair.Authority.Issue("pbx", ["sip:pbx.example"], usages: isServerOnly ? ["1.3.6.1.5.5.7.3.1"] : []);
        await using var phone = await pair.ConnectAsync(options => options.ClientCertificateContext = TlsPair.Shown(own));
        await phone.WriteAsync(Encoding.ASCII.GetBytes(TestGateway.Framed("OPTIONS sip:a SIP/2.0")));
        Eventually.True(() => !pair.Gateway.User.Messages.IsEmpty);

        var identity = pair.Context.Identities[pair.Gateway.User.Messages.Single().Flow.Far];
        Assert.Equal(("pbx.example", TlsResult.Done), (Assert.Single(identity.Names), identity.Fault));
    }

    public static TheoryData<string, TlsResult> Untrusted => new()
    {
        { "none", TlsResult.NoCertificate }, { "expired", TlsResult.Expired }, { "tomorrow", TlsResult.NotYetValid }, { "stranger", TlsResult.UnknownAuthority }, { "mail", TlsResult.Unsuitable },
    };

    [Theory]
    [MemberData(nameof(Untrusted))]
    public async Task Who_has_to_show_a_certificate_and_has_no_good_one_is_refused(string kind, TlsResult result)
    {
        await using var pair = new TlsPair(party => party with { Clients = ClientCertificates.Required });
        using var own = Bad(pair, kind);

        try
        {
            // With TLS 1.3 the client hears of it when it reads.
            await using var phone = await pair.ConnectAsync(options => options.ClientCertificateContext = own is null ? null : TlsPair.Shown(own));
            Assert.Equal(0, await phone.ReadAsync(new byte[1]));
        }
        catch (Exception fault) when (fault is AuthenticationException or IOException)
        {
            // As it should be.
        }

        Eventually.True(() => pair.Counters.Handshakes(result, isOurs: false) == 1);
        Eventually.True(() => pair.Counters.Active == 0);
        Assert.Equal(result, Assert.Single(pair.Troubles).Result);
        Assert.Empty(pair.Gateway.User.Messages);
    }

    [Theory]
    [MemberData(nameof(Untrusted))]
    public async Task Where_a_certificate_is_welcome_a_bad_one_proves_nothing(string kind, TlsResult result)
    {
        await using var pair = new TlsPair(party => party with { Clients = ClientCertificates.Optional });
        using var own = Bad(pair, kind);
        await using var phone = await pair.ConnectAsync(options => options.ClientCertificateContext = own is null ? null : TlsPair.Shown(own));
        await phone.WriteAsync(Encoding.ASCII.GetBytes(TestGateway.Framed("OPTIONS sip:a SIP/2.0")));
        Eventually.True(() => !pair.Gateway.User.Messages.IsEmpty);

        var identity = pair.Context.Identities[pair.Gateway.User.Messages.Single().Flow.Far];
        Assert.Equal((0, result), (identity.Names.Length, identity.Fault));
    }

    [Fact]
    public async Task Another_certificate_is_for_those_who_come_later()
    {
        await using var pair = new TlsPair();
        await using var before = await pair.ConnectAsync();
        using var next = pair.Authority.Issue("next", [TlsPair.Name]);
        pair.Change(party => party with { Own = TlsPair.Shown(next) });

        await using var after = await pair.ConnectAsync();
        Assert.Equal(("CN=" + TlsPair.Name, "CN=next"), (before.RemoteCertificate!.Subject, after.RemoteCertificate!.Subject));
        await before.WriteAsync(Encoding.ASCII.GetBytes(TestGateway.Framed("OPTIONS sip:a SIP/2.0")));
        Eventually.True(() => pair.Gateway.User.Messages.Count == 1);
    }

    [Fact]
    public async Task Without_a_certificate_there_is_no_tls()
    {
        await using var pair = new TlsPair(party => party with { Own = null });

        await Assert.ThrowsAnyAsync<Exception>(() => pair.ConnectAsync());
        Eventually.True(() => pair.Counters.Handshakes(TlsResult.NoOwnCertificate, isOurs: false) == 1);
    }

    [Fact]
    public async Task What_is_no_tls_is_told_from_it()
    {
        await using var pair = new TlsPair();
        using var phone = pair.Gateway.ConnectTcp();
        phone.Send(Encoding.ASCII.GetBytes(TestGateway.Framed("OPTIONS sip:a SIP/2.0")));

        Assert.True(TestGateway.IsClosed(phone));
        Eventually.True(() => pair.Counters.Handshakes(TlsResult.Protocol, isOurs: false) == 1);
        Eventually.True(() => pair.Counters.Closed(CloseReason.Handshake) == 1);
        Assert.Equal(0, pair.Counters.Active);
    }

    [Fact]
    public async Task A_handshake_that_is_not_gone_on_with_ends_in_time()
    {
        await using var pair = new TlsPair(options: new TlsOptions { Timeout = TimeSpan.FromMilliseconds(50) });
        using var phone = pair.Gateway.ConnectTcp();
        phone.Send([0x16]);

        Eventually.True(() => pair.Counters.Handshakes(TlsResult.Timeout, isOurs: false) == 1);
        Assert.True(TestGateway.IsClosed(phone));
    }

    [Fact]
    public async Task Handshakes_at_once_are_bounded()
    {
        await using var pair = new TlsPair(options: new TlsOptions { MaxPerSource = 2, Timeout = TimeSpan.FromSeconds(60) });
        using var first = pair.Gateway.ConnectTcp();
        using var second = pair.Gateway.ConnectTcp();
        Eventually.True(() => pair.Counters.Accepted == 2);
        using var third = pair.Gateway.ConnectTcp();

        Assert.True(TestGateway.IsClosed(third));
        Eventually.True(() => pair.Counters.Handshakes(TlsResult.Busy, isOurs: false) == 1);
        first.Close();
        Eventually.True(() => pair.Counters.Handshakes(TlsResult.Closed, isOurs: false) == 1);
        await using var fourth = await pair.ConnectAsync();
        Assert.True(fourth.IsAuthenticated);
    }

    /// <summary>Null for none.</summary>
    private static X509Certificate2? Bad(TlsPair pair, string kind) => kind switch
    {
        "expired" => pair.Authority.Issue("pbx", ["sip:pbx.example"], from: -9, until: -1),
        "tomorrow" => pair.Authority.Issue("pbx", ["sip:pbx.example"], from: 1),
        "stranger" => pair.Stranger.Issue("pbx", ["sip:pbx.example"]),
        "mail" => pair.Authority.Issue("pbx", ["sip:pbx.example"], usages: ["1.3.6.1.5.5.7.3.4"]),
        _ => null,
    };
}
