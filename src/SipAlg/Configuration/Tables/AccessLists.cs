using SipAlg.Calls.Model;
using SipAlg.Configuration.Options;
using SipAlg.Configuration.Problems;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Sip;

namespace SipAlg.Configuration.Tables;

/// <summary>What realms' <c>allow</c> and <c>deny</c> come to, with the files that they name.</summary>
internal sealed class AccessLists
{
    private readonly Dictionary<string, IReadOnlyList<IpNetwork>> _files = new(StringComparer.Ordinal);

    /// <param name="file">As it is written.</param>
    public void Add(string file, IReadOnlyList<IpNetwork> networks) => _files[file] = networks;

    public IEnumerable<IpNetwork> BlocksOf(AccessEntry entry) => entry.File is { } file ? _files.GetValueOrDefault(file, []) : [entry.Network];

    public AddressSet SetOf(IEnumerable<Located<AccessEntry>> entries) => new(entries.SelectMany(entry => BlocksOf(entry.Value)));

    public RealmAccess Of(RealmOptions realm) => new()
    {
        Allow = realm.Allow is { } allow ? SetOf(allow.Value) : null,
        Deny = SetOf(realm.Deny),
        Strangers = (realm.Strangers ?? new StrangerOptions()).Build(),
        Methods = realm.Methods?.Aggregate(default(MethodSet), (methods, method) => methods.With(method.Value)),
    };
}
