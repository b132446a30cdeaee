using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Net.Security;
using System.Security.Authentication;
using SipAlg.Calls.Model;
using SipAlg.Configuration;
using SipAlg.Signaling.Tls;

namespace SipAlg.Tls;

/// <summary>
/// All certificates and authorities that are configured, as their files said last when they could be used. It looks at the files every second,
/// whether the gateway reloads by itself or not: whoever renews certificates is no operator who would reload. New handshakes get what is new,
/// connections that stand are left alone. By one thread at a time.
/// </summary>
internal sealed class TlsKeyring(TlsContext context, ILogger log, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly Lock _changing = new();
    private readonly CancellationTokenSource _stopping = new();
    private Dictionary<(string Chain, string Key, string Owner), KeptCertificate> _certificates = [];
    private Dictionary<string, KeptTrust> _trusts = new(StringComparer.Ordinal);
    private ImmutableArray<TlsPlace> _places = [];
    private GatewayModel? _model;
    private ImmutableArray<CertificateFacts> _facts = [];
    private long _replaced;
    private Task _loop = Task.CompletedTask;

    /// <summary>What is known of each; from any thread.</summary>
    public ImmutableArray<CertificateFacts> Facts => _facts;

    /// <summary>Files that became others while the gateway ran; from any thread.</summary>
    public long Replaced => Volatile.Read(ref _replaced);

    public void Start() => _loop = Task.Run(RunAsync);

    /// <summary>What a configuration says, read anew: files that were not touched but were made readable, too.</summary>
    public void Take(LoadedConfiguration next)
    {
        lock (_changing)
        {
            (_model, _places) = (next.Model, next.Host.Tls);
            _certificates = _places.SelectMany(place => place.Certificates.Select(files => (Files: files, place.Name)))
                .DistinctBy(entry => Key(entry.Files, entry.Name))
                .ToDictionary(entry => Key(entry.Files, entry.Name), entry => _certificates.GetValueOrDefault(Key(entry.Files, entry.Name)) ?? new KeptCertificate(entry.Files, entry.Name));
            _trusts = _places.Where(place => place.Trust is not null).DistinctBy(place => place.Trust).ToDictionary(place => place.Trust!, place => _trusts.GetValueOrDefault(place.Trust!) ?? new KeptTrust(place.Trust!, place.Name), StringComparer.Ordinal);
            Read(Files);
            Publish();
        }
    }

    /// <summary>Called once a second.</summary>
    internal void Look()
    {
        lock (_changing)
        {
            var changed = Files.Where(file => file.HasChanged()).ToList();
            Read(changed);
            if (changed.Count > 0)
            {
                Publish();
            }

            foreach (var certificate in _certificates.Values)
            {
                certificate.Warn(log, time.GetUtcNow());
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private IEnumerable<KeptFile> Files => _certificates.Values.Concat<KeptFile>(_trusts.Values);

    private void Read(IEnumerable<KeptFile> files) => Interlocked.Add(ref _replaced, files.Count(file => file.Read(log)));

    private static (string Chain, string Key, string Owner) Key(CertificateFiles files, string owner) => (files.Chain, files.Key, owner);

    private void Publish()
    {
        var realms = _places.Where(place => place.Peer is null).ToDictionary(place => place.Realm, Party, StringComparer.Ordinal);
        context.Keys = new TlsKeys
        {
            Realms = realms.ToFrozenDictionary(entry => _model!.Realms.First(realm => realm.Name == entry.Key && !realm.IsRemoved).Index, entry => entry.Value),
            Peers = _places.Where(place => place.Peer is not null).ToFrozenDictionary(
                place => _model!.Peers.First(peer => peer.Name == place.Peer && !peer.IsRemoved).Index,
                place => place.Certificates.IsEmpty ? Party(place) with { Own = realms.GetValueOrDefault(place.Realm)?.Own } : Party(place)),
        };
        var facts = _places.SelectMany(place => place.Certificates.Select(files => _certificates[Key(files, place.Name)])
            .Select(kept => new CertificateFacts(place.Realm, place.Peer, kept.Files.Chain, kept.Current?.Expires, kept.IsBroken)));
        var trusts = _places.Where(place => place.Trust is not null).Select(place => new CertificateFacts(place.Realm, place.Peer, place.Trust!, null, _trusts[place.Trust!].IsBroken));
        _facts = [.. facts.Concat(trusts).DistinctBy(known => (known.Realm, known.Peer, known.File))];
    }

    private TlsParty Party(TlsPlace place)
    {
        var certificates = place.Certificates.Select(files => _certificates[Key(files, place.Name)]).Where(kept => kept.Current is not null).ToList();
        var byName = new Dictionary<string, SslStreamCertificateContext>(StringComparer.Ordinal);
        foreach (var kept in certificates)
        {
            foreach (var name in kept.Files.Names.IsEmpty ? kept.Current!.Names : kept.Files.Names)
            {
                byName.TryAdd(name, kept.Current!.Shown);
            }
        }

        return new TlsParty
        {
            Own = certificates.FirstOrDefault()?.Current!.Shown,
            Anchors = place.Trust is null ? null : _trusts[place.Trust].Current,
            Versions = place.IsOnly13 ? SslProtocols.Tls13 : SslProtocols.Tls12 | SslProtocols.Tls13,
            Clients = place.Clients,
            ByName = byName.ToFrozenDictionary(StringComparer.Ordinal),
        };
    }

    private async Task RunAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                Look();
            }
            catch (Exception fault)
            {
                TlsLog.WatchFailed(log, fault);
            }

            await Task.Delay(Period, time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}

/// <summary>A file of the keyring, for metrics.</summary>
/// <param name="Realm">Whose.</param>
/// <param name="Peer">Null: the realm's itself.</param>
/// <param name="File">Its path.</param>
/// <param name="Expires">Null for authorities, and for what could never be read.</param>
/// <param name="IsBroken">What is in the file now cannot be used.</param>
internal sealed record CertificateFacts(string Realm, string? Peer, string File, DateTimeOffset? Expires, bool IsBroken);
