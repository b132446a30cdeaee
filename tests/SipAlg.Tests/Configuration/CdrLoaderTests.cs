using SipAlg.Configuration;
using static SipAlg.Tests.Configuration.ConfigurationBench;

namespace SipAlg.Tests.Configuration;

/// <summary>What is written of call records, as the gateway takes it.</summary>
public sealed class CdrLoaderTests
{
    [Fact]
    public void Without_it_none_are_written() => Assert.Equal(CdrSettings.None, Load(""));

    [Fact]
    public void A_file_alone_is_left_to_others()
    {
        var cdr = Load("cdr: { file: /var/log/calls.jsonl }");
        Assert.Equal(new CdrSettings(new CdrFileSettings("/var/log/calls.jsonl"), null, null), cdr);
    }

    [Fact]
    public void What_is_not_written_has_its_default()
    {
        var cdr = Load("cdr: { file: /a.jsonl, rotate: {}, webhook: { url: 'https://billing.example/calls' } }");
        Assert.Equal(new CdrRotation(100 << 20, RotationDay.Off, Compresses: true, 100, null), cdr.File!.Rotation);
        Assert.Equal(new WebhookSettings(new Uri("https://billing.example/calls"), null, 100, TimeSpan.FromSeconds(10), cdr.Webhook!.Spool, 256 << 20), cdr.Webhook);
        Assert.EndsWith("/state/cdr-webhook", cdr.Webhook.Spool, StringComparison.Ordinal);
    }

    [Fact]
    public void Everything_can_be_written()
    {
        var cdr = Load(
            """
            cdr:
              file: /a.jsonl
              csv: /a.csv
              sync: group
              rotate: { size: off, day: local, gzip: false, keep: 7, keep_for: 30d }
              webhook: { url: 'http://127.0.0.1:8000/', token: secret, batch: 5, timeout: 3s, spool: 1GiB }
            state: { folder: /var/lib/sipalg }
            """);
        var file = new CdrFileSettings("/a.jsonl", new CdrRotation(null, RotationDay.Local, Compresses: false, 7, TimeSpan.FromDays(30)), IsSynced: true);
        Assert.Equal(
            new CdrSettings(file, file with { Path = "/a.csv" }, new WebhookSettings(new Uri("http://127.0.0.1:8000/"), "secret", 5, TimeSpan.FromSeconds(3), "/var/lib/sipalg/cdr-webhook", 1 << 30, IsSynced: true)),
            cdr);
        Assert.DoesNotContain("secret", cdr.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cdr: { webhook: { url: 'http://billing.example/', token: secret } }", "crosses the network in clear text")]
    [InlineData("cdr: { rotate: {}, webhook: { url: 'http://127.0.0.1/', token: secret } }", "'rotate' is for files")]
    public void What_is_doubtful_is_a_warning(string part, string warning) => Assert.Contains(warning, Assert.Single(new ConfigurationBench().LoadPart(part).Problems).Message, StringComparison.Ordinal);

    private static CdrSettings Load(string part)
    {
        var loaded = new ConfigurationBench().LoadPart(part);
        Assert.Empty(Errors(loaded));
        return loaded.Configuration!.Host.Cdr;
    }
}
