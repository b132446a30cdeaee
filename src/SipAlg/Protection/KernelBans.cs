using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Threading.Channels;
using SipAlg.Calls.Bans;
using SipAlg.Signaling.Transports;

namespace SipAlg.Protection;

/// <summary>
/// Bans as elements of nftables sets, in a table of the gateway's own (<c>inet sipalg</c>): a set for each family holds who is proven to misbehave,
/// another one whose datagrams may be forged, of which some a second come through for the gateway to look at. Elements end by themselves; the
/// table goes when the gateway ends, and a start takes away what a killed one has left. All by <c>nft</c>, on a thread of the pool: no lane waits.
/// </summary>
internal sealed class KernelBans : IAsyncDisposable
{
    public const string Table = "sipalg";

    /// <summary>As many changes are one run of the program.</summary>
    private const int MostAtOnce = 500;
    private const int QueueLength = 20_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Where distributions have it, for who has no sbin in his path.</summary>
    private static readonly string[] Places = ["/usr/sbin/nft", "/sbin/nft", "/usr/bin/nft"];

    private readonly Channel<string> _changes = Channel.CreateBounded<string>(new BoundedChannelOptions(QueueLength) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly ILogger _log;
    private readonly TimeProvider _time;
    private Task _work = Task.CompletedTask;
    private volatile bool _isIn;
    private long _failures;

    private KernelBans(ILogger log, TimeProvider time) => (_log, _time) = (log, time);

    /// <summary>The sets are there.</summary>
    public bool IsIn => _isIn;

    /// <summary>Runs of the program that failed.</summary>
    public long Failures => Volatile.Read(ref _failures);

    public static KernelBans Open(ILogger log, TimeProvider time) => new(log, time);

    /// <summary>Makes the table anew, with who is banned already. Whatever stands against it is logged, and the gateway goes on without.</summary>
    /// <param name="listeners">Whose ports are closed to who is banned: nothing else of this host is.</param>
    public async Task BeginAsync(IEnumerable<ListenerOptions> listeners, IReadOnlyList<Ban> bans)
    {
        var fault = await RunAsync(Ruleset(listeners) + string.Concat(bans.Select(Element))).ConfigureAwait(false);
        if (fault is not null)
        {
            ProtectionLog.NotInKernel(_log, fault);
            return;
        }

        _isIn = true;
        ProtectionLog.InKernel(_log, Table);
        _work = WorkAsync();
    }

    /// <summary>Other ports.</summary>
    public void Take(IEnumerable<ListenerOptions> listeners) => Queue($"flush set inet {Table} ports\nadd element inet {Table} ports {{ {Ports(listeners)} }}\n");

    public void Banned(Ban ban) => Queue(Element(ban));

    public void Lifted(Ban ban) => Queue(Removal(ban));

    /// <summary>Takes the table away.</summary>
    public async ValueTask DisposeAsync()
    {
        _changes.Writer.TryComplete();
        await _work.ConfigureAwait(false);
        if (_isIn)
        {
            _isIn = false;
            _ = await RunAsync($"table inet {Table}\ndelete table inet {Table}\n").ConfigureAwait(false);
        }
    }

    /// <summary>A table that is there already is taken away with whatever is in it: it is that of a gateway that was killed.</summary>
    internal static string Ruleset(IEnumerable<ListenerOptions> listeners) => $$"""
        table inet {{Table}}
        delete table inet {{Table}}
        table inet {{Table}} {
          set ports { type inet_proto . inet_service; elements = { {{Ports(listeners)}} } }
          set banned4 { type ipv4_addr; flags timeout; size 65535; }
          set banned6 { type ipv6_addr; flags timeout; size 65535; }
          set suspect4 { type ipv4_addr; flags timeout; size 65535; }
          set suspect6 { type ipv6_addr; flags timeout; size 65535; }
          set heard4 { type ipv4_addr; flags dynamic,timeout; timeout 1m; size 65535; }
          set heard6 { type ipv6_addr; flags dynamic,timeout; timeout 1m; size 65535; }
          chain input {
            type filter hook input priority filter - 10; policy accept;
            meta l4proto . th dport != @ports accept
            ip saddr @banned4 counter drop
            ip6 saddr & ffff:ffff:ffff:ffff:: @banned6 counter drop
            meta l4proto udp ip saddr @suspect4 update @heard4 { ip saddr limit rate over {{BanList.HeardEachSecond}}/second burst {{BanList.HeardEachSecond}} packets } counter drop
            meta l4proto udp ip6 saddr & ffff:ffff:ffff:ffff:: @suspect6 update @heard6 { ip6 saddr & ffff:ffff:ffff:ffff:: limit rate over {{BanList.HeardEachSecond}}/second burst {{BanList.HeardEachSecond}} packets } counter drop
          }
        }

        """;

    private static string Ports(IEnumerable<ListenerOptions> listeners) => string.Join(", ", listeners
        .Select(listener => string.Create(CultureInfo.InvariantCulture, $"{(listener.Transport == Transport.Udp ? "udp" : "tcp")} . {listener.Address.Port}")).Distinct());

    /// <summary>One that is there already is put there anew: else it would keep its time.</summary>
    private string Element(Ban ban)
    {
        var seconds = (long)Math.Ceiling((ban.Until - _time.GetUtcNow()).TotalSeconds);
        return seconds <= 0 ? "" : Removal(ban) + string.Create(CultureInfo.InvariantCulture, $"add element inet {Table} {Set(ban)} {{ {ban.Address} timeout {seconds}s }}\n");
    }

    private static string Removal(Ban ban)
    {
        // An element that is not there cannot be deleted, and one that is added twice is no fault.
        var text = new StringBuilder();
        foreach (var set in new[] { Set(ban with { IsProven = true }), Set(ban with { IsProven = false }) })
        {
            text.Append(CultureInfo.InvariantCulture, $"add element inet {Table} {set} {{ {ban.Address} }}\ndelete element inet {Table} {set} {{ {ban.Address} }}\n");
        }

        return text.ToString();
    }

    private static string Set(Ban ban) => $"{(ban.IsProven ? "banned" : "suspect")}{(ban.Address.IsV4 ? 4 : 6)}";

    private void Queue(string change)
    {
        if (_isIn && change.Length > 0)
        {
            _changes.Writer.TryWrite(change);
        }
    }

    private async Task WorkAsync()
    {
        var reader = _changes.Reader;
        while (await reader.WaitToReadAsync().ConfigureAwait(false))
        {
            var script = new StringBuilder();
            for (var taken = 0; taken < MostAtOnce && reader.TryRead(out var change); taken++)
            {
                script.Append(change);
            }

            if (await RunAsync(script.ToString()).ConfigureAwait(false) is { } fault && Interlocked.Increment(ref _failures) == 1)
            {
                ProtectionLog.NotInKernel(_log, fault);
            }
        }
    }

    /// <returns>What stands against it; null when it is done.</returns>
    private static async Task<string?> RunAsync(string script)
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            var program = Array.Find(Places, File.Exists) ?? "nft";
            using var nft = Process.Start(new ProcessStartInfo(program, ["-f", "-"]) { RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true })!;
            var error = nft.StandardError.ReadToEndAsync(patience.Token);
            await nft.StandardInput.WriteAsync(script.AsMemory(), patience.Token).ConfigureAwait(false);
            nft.StandardInput.Close();
            var said = await error.ConfigureAwait(false);
            await nft.WaitForExitAsync(patience.Token).ConfigureAwait(false);
            return nft.ExitCode == 0 ? null : said.Split('\n')[0];
        }
        catch (Exception fault) when (fault is System.ComponentModel.Win32Exception or IOException or OperationCanceledException or InvalidOperationException)
        {
            return fault.Message;
        }
    }
}
