using System.Collections.Immutable;

namespace SipAlg.Calls.Model;

/// <summary>The users, found by what is called. Immutable.</summary>
public sealed class UserTable
{
    private readonly Dictionary<string, User>.AlternateLookup<ReadOnlySpan<char>> _names;
    private readonly Dictionary<string, User>.AlternateLookup<ReadOnlySpan<char>> _numbers;
    private readonly Dictionary<string, User>.AlternateLookup<ReadOnlySpan<char>> _aliases;
    private readonly Dictionary<string, User>.AlternateLookup<ReadOnlySpan<char>> _prefixes;
    private readonly int _longest;

    /// <param name="all">In the order of their <see cref="User.Index"/>; names, numbers and aliases are nobody else's. Who is removed is not found.</param>
    public UserTable(ImmutableArray<User> all)
    {
        Users = all;
        var users = all.Where(user => !user.IsRemoved).ToArray();
        _names = Lookup(users.Select(user => (user.Name, user)));
        _numbers = Lookup(users.SelectMany(user => user.Numbers.Where(number => !IsPrefix(number)).Select(number => (number, user))));
        _aliases = Lookup(users.SelectMany(user => user.Aliases.Select(alias => (alias, user))));
        _prefixes = Lookup(users.SelectMany(user => user.Numbers.Where(IsPrefix).Select(number => (number[..^1], user))));
        _longest = users.SelectMany(user => user.Numbers).Where(IsPrefix).Select(number => number.Length - 1).DefaultIfEmpty().Max();
    }

    public static UserTable Empty { get; } = new([]);

    /// <summary>By <see cref="User.Index"/>, those that are removed too.</summary>
    public ImmutableArray<User> Users { get; }

    /// <summary>The user of this name.</summary>
    public User? WithName(ReadOnlySpan<char> name) => _names.TryGetValue(name, out var user) ? user : null;

    /// <summary>Whom a call to this means: the user of the name, else of the number, the longest <c>*</c> that fits included, else of the alias.</summary>
    public User? Find(ReadOnlySpan<char> called) =>
        WithName(called) ?? (_numbers.TryGetValue(called, out var user) ? user : WithPrefix(called) ?? (_aliases.TryGetValue(called, out user) ? user : null));

    private User? WithPrefix(ReadOnlySpan<char> called)
    {
        for (var length = Math.Min(_longest, called.Length); length > 0; length--)
        {
            if (_prefixes.TryGetValue(called[..length], out var user))
            {
                return user;
            }
        }

        return null;
    }

    private static bool IsPrefix(string number) => number.EndsWith('*');

    private static Dictionary<string, User>.AlternateLookup<ReadOnlySpan<char>> Lookup(IEnumerable<(string Key, User User)> entries) =>
        entries.ToDictionary(entry => entry.Key, entry => entry.User, StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
}
